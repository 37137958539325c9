/* Topics that fit what is being written, offered above the field. They can be ignored: Enter sends the message
   unless a topic was chosen with the arrow keys. What looks like personal data is never asked about. */
import { h } from "./ui.js";

const DELAY = 350, SHORTEST = 3, LONGEST = 80;

export class Suggestions {
  constructor(panel) {
    this.panel = panel;
    panel.onBuilt = () => this.attach();
    this.attach();
  }

  attach() {
    const { composer, texts } = this.panel;
    this.input = composer.input;
    this.list = h("ul", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": texts.get("widget.suggestions"), hidden: true });
    composer.slot.replaceChildren(this.list);
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", "suggestions");
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("blur", () => setTimeout(() => this.hide(), 200));
    /* Before the composer's own listener, which sends on Enter. */
    this.input.addEventListener("keydown", (event) => this.key(event), true);
    composer.onCleared = () => this.hide();
  }

  later() {
    clearTimeout(this.timer);
    this.stop?.abort();
    const text = this.input.value.trim();
    if (text.length < SHORTEST || text.length > LONGEST || /\d{4}|@/.test(text) || !["bot", "offered"].includes(this.panel.state)) return this.hide();
    this.timer = setTimeout(() => this.ask(text), DELAY);
  }

  async ask(text) {
    this.stop = new AbortController();
    try {
      const { results } = await this.panel.api.search(text, this.panel.texts.data.language, this.stop.signal);
      if (this.input.value.trim() === text && this.input.getRootNode().activeElement === this.input) this.show(results.slice(0, 4));
    } catch { /* nobody needs suggestions */ }
  }

  show(results) {
    if (!results.length) return this.hide();
    const { texts, announcer } = this.panel;
    this.results = results;
    this.active = -1;
    this.list.replaceChildren(...results.map((one, at) => h("li", { role: "option", id: `suggestion-${at}`, "aria-selected": "false", lang: one.lang,
      onpointerdown: (event) => { event.preventDefault(); this.choose(at); } }, one.title)));
    const was = this.list.hidden;
    this.list.hidden = false;
    if (was || this.count !== results.length) {
      clearTimeout(this.telling);
      this.telling = setTimeout(() => !this.list.hidden && announcer.say(texts.get("widget.suggestions_count", { count: results.length })), 800);
    }
    this.count = results.length;
    this.input.removeAttribute("aria-activedescendant");
  }

  hide() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const length = this.results.length;
      this.mark(event.key === "ArrowDown" ? (this.active + 2) % (length + 1) - 1 : (this.active + 1 + length) % (length + 1) - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && this.active >= 0) {
      this.choose(this.active);
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.hide();
      event.preventDefault();
    }
  }

  mark(at) {
    this.active = at;
    [...this.list.children].forEach((node, number) => node.setAttribute("aria-selected", String(number === at)));
    if (at >= 0) this.input.setAttribute("aria-activedescendant", `suggestion-${at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  choose(at) {
    const { topic, title } = this.results[at];
    this.panel.composer.clear();
    this.panel.choose({ value: `topic:${topic}`, label: title });
  }
}
