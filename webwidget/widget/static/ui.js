/* Making elements. Texts become text nodes, never markup; nothing here sets a style attribute. */

const SPACE = "http://www.w3.org/2000/svg";
const PATHS = {
  close: ["M6 6l12 12M18 6L6 18"],
  menu: ["M4 7h16M4 12h16M4 17h16"],
  language: ["M3 12h18M12 3a14 14 0 0 1 0 18M12 3a14 14 0 0 0 0 18", "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18"],
  phone: ["M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1z"],
  exit: ["M14 4h5v16h-5", "M3 12h11M10 8l4 4-4 4"],
  check: ["M5 12l5 5 9-10"],
  warning: ["M12 4l9 16H3z", "M12 10v4M12 17v.5"],
  person: ["M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8z", "M4 21a8 8 0 0 1 16 0"],
  send: ["M4 12l16-8-6 16-3-7z"],
  back: ["M15 5l-7 7 7 7"],
};

/** An element: attributes by name, listeners as onname, `false` and `null` leave out. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SPACE, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export function button(props, ...children) {
  return h("button", { type: "button", ...props }, ...children);
}

/** A link to another page; only web addresses become links. */
export function link(url, text, hint, props = {}) {
  if (!/^https?:\/\//i.test(url)) return h("span", {}, text);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...props }, text, h("span", { class: "vh" }, ` (${hint})`));
}

/** Run one part; when it fails say so on the console and go on without it. */
export function guarded(name, run) {
  try {
    const made = run();
    if (made instanceof Promise) return made.catch((error) => report(name, error));
    return made;
  } catch (error) {
    return report(name, error);
  }
}

function report(name, error) {
  console.error(`Verkkoapu: ${name} failed`, error);
  return null;
}
