// Keyboard shortcuts: each can be changed or taken away; all carry a modifier, so that typing never triggers one.

import { el, openDialog } from "./dom.mjs";
import { t } from "./texts.mjs";

const KEY = "verkkoapu-console-shortcuts";
const DEFAULTS = {
  next: "Alt+N", queue: "Alt+Q", presence: "Alt+P", mute: "Alt+M", answers: "Alt+R", note: "Alt+I", close: "Alt+C", transfer: "Alt+T",
  callbacks: "Alt+B", following: "Alt+K", previous: "Alt+J", help: "Alt+H",
};

let keys = { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
let listening = true;

export function startShortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    if (!listening) return;
    const pressed = combination(event);
    const name = Object.keys(DEFAULTS).find((candidate) => keys[candidate] && keys[candidate] === pressed);
    if (!name || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    actions[name]?.();
  });
}

export function keyOf(name) {
  return keys[name] || null;
}

export function combination(event) {
  if (["Control", "Alt", "Shift", "Meta"].includes(event.key)) return "";
  const parts = [];
  if (event.ctrlKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.metaKey) parts.push("Meta");
  if (!parts.length) return "";
  if (event.shiftKey) parts.push("Shift");
  // The key's place, not its letter: Alt makes other letters on some keyboards.
  const key = event.code.startsWith("Key") ? event.code.slice(3) : event.code.startsWith("Digit") ? event.code.slice(5) : event.key;
  return [...parts, key].join("+");
}

export function openShortcuts() {
  const note = el("p", { role: "status" });
  const body = el("tbody");
  const show = (focus) => {
    body.replaceChildren(...Object.keys(DEFAULTS).map((name) => {
      const change = el("button", { type: "button" }, t("console.shortcut_change"));
      change.setAttribute("aria-label", t("console.shortcut_change_of", { name: t(`console.shortcut.${name}`) }));
      change.addEventListener("click", () => capture(name, change, note, show));
      const remove = el("button", { type: "button", onclick: () => { keys[name] = ""; save(); show(name); } }, t("console.shortcut_remove"));
      remove.setAttribute("aria-label", t("console.shortcut_remove_of", { name: t(`console.shortcut.${name}`) }));
      change.dataset.name = name;
      return el("tr", {}, el("th", { scope: "row" }, t(`console.shortcut.${name}`)),
        el("td", {}, keys[name] ? el("kbd", {}, keys[name]) : t("console.shortcut_none")), el("td", { class: "row" }, change, remove));
    }));
    if (focus) body.querySelector(`[data-name="${focus}"]`).focus();
  };
  show();
  const reset = el("button", { type: "button", onclick: () => { keys = { ...DEFAULTS }; save(); show(); } }, t("console.shortcut_reset"));
  const dialog = openDialog(t("console.shortcuts"), el("p", {}, t("console.shortcut_help")), note, el("table", {}, body),
    el("p", { class: "row" }, reset, el("button", { type: "button", onclick: () => dialog.close() }, t("console.done"))));
}

function capture(name, button, note, show) {
  listening = false;
  note.textContent = t("console.shortcut_press");
  const take = (event) => {
    if (["Control", "Alt", "Shift", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    button.removeEventListener("keydown", take);
    listening = true;
    const pressed = combination(event);
    const other = Object.keys(keys).find((candidate) => candidate !== name && keys[candidate] === pressed);
    if (event.key === "Escape") note.textContent = "";
    else if (!pressed) note.textContent = t("console.shortcut_needs_modifier");
    else if (other) note.textContent = t("console.shortcut_taken", { name: t(`console.shortcut.${other}`) });
    else {
      keys[name] = pressed;
      save();
      note.textContent = t("console.shortcut_changed", { keys: pressed });
      show(name);
    }
  };
  button.addEventListener("keydown", take);
}

function save() {
  localStorage.setItem(KEY, JSON.stringify(keys));
}
