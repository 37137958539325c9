/* A host page may set --verkkoapu-accent and --verkkoapu-on-accent; a pair that cannot be read is not used. */

export function safeTheme(host, node) {
  const style = getComputedStyle(host);
  const accent = style.getPropertyValue("--verkkoapu-accent").trim(), on = style.getPropertyValue("--verkkoapu-on-accent").trim() || "#fff";
  node.classList.toggle("themed", Boolean(accent) && contrast(accent, on) >= 4.5);
  if (accent && !node.classList.contains("themed")) console.warn(`Verkkoapu: ${accent} and ${on} differ too little; the own colours are used`);
}

export function contrast(one, other) {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
