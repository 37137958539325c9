// Small helpers to build elements. Text is always set as text, never as markup.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

// A live region announces a change of its text; the same text twice must change it too.
export function announce(text, urgent = false) {
  const region = byId(urgent ? "urgent" : "polite");
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

export function openDialog(title, ...content) {
  const opener = document.activeElement;
  const heading = el("h2", { id: `dialog-${crypto.randomUUID()}` }, title);
  const dialog = el("dialog", { "aria-labelledby": heading.id }, heading, ...content);
  byId("dialogs").append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  dialog.showModal();
  return dialog;
}
