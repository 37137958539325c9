/* Where the resident writes. Warns before an identity code leaves the device. */
import { button, h, icon } from "./ui.js";

const LONGEST = 2000;
/* Day, month, year, century sign, number, check character (the service masks more forms; this is only the warning). */
const CODE = /(?<![0-9A-Za-z])(\d{6})\s?[-+–ABCDEFUVWXYabcdefuvwxy]\s?(\d{3})\s?([0-9A-Ya-y])(?![0-9A-Za-z])/g;
const CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY";

export function holdsIdentityCode(text) {
  return [...text.matchAll(CODE)].some(([, date, number, check]) => CHECKS[Number(date + number) % 31] === check.toUpperCase());
}

export class Composer {
  constructor(panel) {
    this.panel = panel;
    const t = panel.texts;
    this.input = h("textarea", { id: "input", rows: "1", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "input-hint",
      oninput: () => this.changed(), onkeydown: (event) => this.key(event) });
    this.warning = h("div", { class: "warning", role: "alert" });
    this.slot = h("div", { class: "slot" });
    this.node = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      this.slot, this.warning, h("label", { for: "input" }, t.get("widget.input_label")),
      h("div", { class: "row" }, this.input, h("button", { type: "submit", class: "send" }, icon("send"), h("span", {}, t.get("widget.send")))),
      h("p", { id: "input-hint", class: "hint" }, t.get("widget.input_hint")));
    this.input.value = panel.store.get("draft") || "";
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    this.submit();
  }

  changed() {
    this.panel.store.set({ draft: holdsIdentityCode(this.input.value) ? "" : this.input.value });
    this.input.rows = Math.min(5, this.input.value.split("\n").length + Math.floor(this.input.value.length / 60));
    if (this.input.value) this.panel.residentTypes();
    if (this.warning.childNodes.length) this.warning.replaceChildren();
  }

  submit(sure = false) {
    const text = this.input.value.trim(), t = this.panel.texts;
    if (!text) return this.input.focus();
    if (text.length > LONGEST) return this.warn(t.get("widget.too_long", { count: text.length - LONGEST }));
    if (!sure && holdsIdentityCode(text)) {
      return this.warn(t.get("widget.identity_warning"),
        button({ class: "choice", onclick: () => { this.warning.replaceChildren(); this.input.focus(); } }, t.get("widget.identity_edit")),
        button({ class: "choice", onclick: () => this.submit(true) }, t.get("widget.identity_send")));
    }
    this.clear();
    this.input.focus();
    this.panel.send(text);
  }

  warn(text, ...buttons) { this.warning.replaceChildren(h("p", {}, text), ...buttons); }

  clear() {
    this.input.value = "";
    this.changed();
    this.onCleared?.();
  }

  setClosed(closed) { this.node.hidden = closed; }
}
