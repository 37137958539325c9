/* Says things to screen readers from a place of its own, apart from the log: each message once, history never. */
import { h } from "./ui.js";

export class Announcer {
  constructor(parent) {
    this.polite = h("div", { class: "vh", role: "status", "aria-live": "polite", "aria-relevant": "additions", "data-live": "polite" });
    this.urgent = h("div", { class: "vh", role: "alert", "aria-live": "assertive", "aria-relevant": "additions", "data-live": "urgent" });
    this.silent = 0;
    parent.append(this.polite, this.urgent);
  }

  say(text, { lang, urgent = false } = {}) {
    if (this.silent || !text) return;
    const line = h("p", { lang: lang || null }, text);
    (urgent ? this.urgent : this.polite).append(line);
    /* Long enough to be read from the queue, short enough not to be met by someone who walks through the page. */
    setTimeout(() => line.remove(), 12000);
  }

  /** Run something whose messages are old news. */
  async quiet(run) {
    this.silent += 1;
    try { return await run(); } finally { this.silent -= 1; }
  }
}
