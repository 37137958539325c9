/* The open conversation: puts the parts together. Suggestions and sheets are fetched apart; without them it still works. */
import { Api } from "./api.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { leave, watchKeys } from "./exit.js";
import { before, contactCard, markChosen, renderMessage, spoken } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { Texts } from "./texts.js";
import { safeTheme } from "./theme.js";
import { button, guarded, h, icon } from "./ui.js";

const SCALES = [1, 1.25, 1.5, 2];

/** Called by the loader; resolves when the panel can be used. */
export async function start(options) {
  const style = h("link", { rel: "stylesheet", href: `${options.base}widget/${options.version}/panel.css` });
  const styled = new Promise((done, fail) => {
    style.onload = done;
    style.onerror = () => fail(new Error("Verkkoapu: no style sheet"));
  });
  options.stage.append(style);
  try {
    const [texts] = await Promise.all([Texts.load(options.base, options.language), styled]);
    return new Panel(options, texts);
  } catch (error) {
    style.remove();
    throw error;
  }
}

export class Panel {
  constructor(options, texts) {
    Object.assign(this, options);
    this.texts = texts;
    this.store = new Store(options.storageKey);
    this.api = new Api(options.base);
    this.messages = new Map();
    this.state = "bot";
    this.unseen = 0;
    this.build();
    this.outbox = new Outbox(this.api, this.store, {
      changed: (item) => this.showPending(item), sent: (item, answer) => this.take(item, answer), failed: (item, error) => this.failed(item, error),
      offline: () => this.link(false), idle: () => this.showTyping(), conversation: () => this.ensure(), gone: () => this.renew(),
    });
    this.stream = new Stream(this.api, {
      message: (message) => this.arrive(message), state: (state) => this.setState(state), typing: () => this.counsellorTypes(),
      link: (up) => this.link(up), gone: () => this.renew(),
    }, texts.data.poll_seconds);
    this.ctx = {
      base: this.base, texts, choose: (...all) => this.choose(...all), exit: () => this.exit(),
      openForm: (form, message) => this.sheet("callback", { when: form.when, topic: message.topic }),
      chosen: (id, value) => (this.store.get("chosen") || []).includes(`${id} ${value}`),
    };
    watchKeys(this);
    addEventListener("online", () => {
      this.link(true);
      this.stream.refresh();
    });
    addEventListener("offline", () => this.link(false));
    addEventListener("pageshow", (event) => event.persisted && this.stream.refresh());
    document.addEventListener("visibilitychange", () => !document.hidden && this.stream.refresh());
    import("./suggest.js").then(({ Suggestions }) => new Suggestions(this)).catch((error) => console.error("Verkkoapu: suggestions failed", error));
  }

  // --- the frame ----------------------------------------------------------------------------------

  build() {
    const t = this.texts, d = t.data;
    this.title = h("h2", { id: "title", tabindex: "-1" }, d.name);
    this.languageButton = button({ class: "tool", onclick: () => this.sheet("language") }, icon("language"),
      h("span", { "aria-hidden": "true" }, d.language.toUpperCase()), h("span", { class: "vh" }, this.languageName()));
    this.menuButton = button({ class: "tool", "aria-label": t.get("widget.menu"), onclick: () => this.sheet("menu") }, icon("menu"));
    this.closeButton = button({ class: "tool", "aria-label": t.get("widget.close_panel"), onclick: () => this.close() }, icon("close"));
    this.exitButton = button({ class: "leave", title: t.get("widget.exit_hint"), onclick: () => this.exit() }, icon("exit"), t.get("widget.exit"));
    this.emergency = h("a", { class: "emergency", href: "tel:112", "aria-label": t.get("widget.call", { number: "112" }) }, icon("phone"), "112");
    this.stateBar = h("div", { class: "state", hidden: true });
    this.log = h("div", { class: "log", role: "log", "aria-live": "off", "aria-label": t.get("widget.log"), tabindex: "0" });
    this.typing = h("p", { class: "typing", hidden: true });
    this.banner = h("p", { class: "banner", hidden: true });
    this.composer = new Composer(this);
    this.main = h("div", { class: "main" }, this.stateBar, this.log, this.typing, this.banner, this.composer.node);
    this.node = h("div", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, lang: d.language, dir: t.direction(d.language) },
      h("header", {}, h("div", { class: "row" }, this.title, this.languageButton, this.menuButton, this.closeButton),
        h("div", { class: "row second" }, this.exitButton, this.emergency)),
      this.main);
    this.announcer ||= new Announcer(this.stage);
    this.stage.append(this.node);
    this.setScale(this.store.get("scale") || 1);
    guarded("theme", () => safeTheme(this.host, this.node));
  }

  languageName() {
    const known = this.texts.data.languages.find((one) => one.id === this.texts.data.language);
    return `${this.texts.get("widget.language")}: ${known ? known.name : ""}`;
  }

  show(byPerson) {
    this.node.hidden = false;
    this.coverage();
    this.store.set({ open: true });
    this.unseen = 0;
    this.onUnread(0, "");
    if (this.lastFromCounsellor) this.seen({ id: this.lastFromCounsellor });
    this.begin();
    if (byPerson) (matchMedia("(pointer: coarse)").matches ? this.title : this.composer.input).focus();
    this.toEnd();
  }

  get shown() { return !this.node.hidden; }

  close() {
    this.node.hidden = true;
    this.store.set({ open: false });
    if (!["queued", "live"].includes(this.state)) this.stream.stop();
    this.onClose();
  }

  /** On a phone the panel covers the page: then it is a modal dialog, and Tab stays inside. */
  coverage() {
    const whole = matchMedia("(max-width: 30em), (max-height: 30em)").matches;
    if (whole) this.node.setAttribute("aria-modal", "true");
    else this.node.removeAttribute("aria-modal");
    return whole;
  }

  setScale(scale) {
    this.scale = SCALES.includes(scale) ? scale : 1;
    this.node.dataset.scale = String(this.scale * 100);
    this.store.set({ scale: this.scale });
  }

  get scales() { return SCALES; }

  // --- the conversation ---------------------------------------------------------------------------

  /** Take up the conversation of this tab, or open one. */
  async begin() {
    if (this.started) return this.api.id && this.state !== "closed" && this.stream.start();
    this.started = true;
    try {
      const kept = this.store.get("conversation");
      if (kept && !this.api.id) {
        this.api.use(kept.id, kept.token);
        await this.history();
      } else {
        await this.ensure();
      }
      this.clearProblem();
      for (const item of this.outbox.items) this.showPending(item);
      this.outbox.flush();
    } catch (error) {
      if (error.gone) return this.renew().catch(() => this.unreachable(error));
      this.started = false;
      this.unreachable(error);
    }
  }

  async history() {
    const answer = await this.api.read("0");
    await this.announcer.quiet(() => {
      for (const message of answer.messages) this.arrive(message, true);
      this.setState(answer);
    });
    this.toEnd();
    if (answer.state !== "closed") this.stream.start(answer.messages.at(-1)?.id);
  }

  async ensureOpen() {
    if (!this.api.id) await this.ensure();
  }

  /** Open a conversation when there is none; two callers get the same one. */
  ensure() {
    this.opening ||= this.openConversation().finally(() => { this.opening = null; });
    return this.opening;
  }

  async openConversation() {
    const page = `${location.origin}${location.pathname}`;
    const answer = await this.api.open(this.texts.data.language, page.startsWith("http") ? page : null);
    this.api.use(answer.id, answer.token);
    this.store.set({ conversation: { id: answer.id, token: answer.token }, language: answer.language });
    for (const message of answer.messages) this.arrive(message);
    this.setState(answer);
    this.stream.start(answer.messages.at(-1)?.id);
    this.clearProblem();
  }

  /** The conversation is gone (erased elsewhere, or too old): say so and go on in a new one. */
  async renew() {
    if (this.leaving) return false;
    this.forget();
    this.log.replaceChildren();
    await this.ensure();
    this.notice(this.texts.get("widget.expired"));
    return true;
  }

  forget() {
    this.stream.stop();
    this.stream.cursor = "0";
    this.api.use(null, null);
    this.messages.clear();
    const outbox = this.store.get("outbox");
    this.store.forget();
    this.store.set({ outbox, open: this.shown });
    this.setState({ state: "bot" });
  }

  async restart() {
    this.outbox.empty();
    this.forget();
    this.log.replaceChildren();
    this.started = true;
    try {
      await this.ensure();
    } catch (error) {
      this.started = false;
      this.unreachable(error);
    }
    this.composer.input.focus();
  }

  // --- messages -----------------------------------------------------------------------------------

  /** One message of the record, from wherever it comes; each is shown and said once. */
  arrive(message, silent = false) {
    if (message.id && this.messages.has(message.id)) return;
    if (message.from === "resident" && !silent) {
      const waiting = this.outbox.items.find((item) => item.client_id === message.client_id);
      if (waiting) return this.adopt(waiting, message);
    }
    if (message.id) this.messages.set(message.id, message);
    this.insert(renderMessage(message, this.ctx), message);
    if (message.from !== "resident") {
      this.typingUntil = 0;
      if (!silent) this.tell(message);
      if (message.from === "counsellor") this.seen(message);
      if (message.lang && message.kind === "answer" && message.topic) this.lastTopic = message.topic;
    }
  }

  /** The counsellor is told that their words are in front of the resident. */
  seen(message) {
    this.lastFromCounsellor = message.id;
    if (this.shown && !document.hidden && this.state === "live") this.api.seen(message.id).catch(() => {});
  }

  tell(message) {
    this.announcer.say(spoken(message, this.ctx), { lang: message.lang, urgent: message.kind === "safety" && message.level === "alarm" });
    if (!this.shown) {
      this.unseen += 1;
      this.onUnread(this.unseen, this.texts.get("widget.unread", { count: this.unseen }));
    }
  }

  /** Put a message in the order of the record; what is still on its way stays last. */
  insert(node, message) {
    const atEnd = this.nearEnd();
    const next = [...this.log.children].find((other) => other.dataset.pending !== undefined || (message.id && other.dataset.id && before(message.id, other.dataset.id) < 0));
    this.log.insertBefore(node, next || null);
    if (message.from === "resident") this.toEnd();
    else if (atEnd) this.toStartOf(node);
  }

  showPending(item) {
    let node = this.pendingNode(item);
    if (!node) {
      const said = { from: "resident", text: item.choice ? item.label : item.text, at: item.at, lang: this.texts.data.language, masked: [] };
      node = renderMessage(said, this.ctx);
      node.dataset.pending = item.client_id;
      node.append(h("p", { class: "delivery" }));
      this.log.append(node);
      this.toEnd();
    }
    const line = node.querySelector(".delivery");
    line.replaceChildren(this.texts.get(`widget.status_${item.status}`));
    if (item.status === "failed") {
      line.append(" ", button({ class: "again", onclick: () => { this.outbox.retry(item); this.composer.input.focus(); } }, this.texts.get("widget.retry")));
    }
    this.showTyping();
  }

  pendingNode(item) { return [...this.log.children].find((node) => node.dataset.pending === item.client_id); }

  adopt(item, message) {
    this.pendingNode(item)?.remove();
    this.messages.set(message.id, message);
    const node = renderMessage(message, this.ctx);
    this.log.querySelector(".delivery.sent")?.remove();
    node.append(h("p", { class: "delivery sent" }, this.texts.get("widget.status_sent")));
    this.insert(node, message);
  }

  take(item, answer) {
    this.clearProblem();
    const [own, ...replies] = answer.messages;
    if (own && !this.messages.has(own.id)) this.adopt(item, own);
    else this.pendingNode(item)?.remove();
    for (const message of replies) this.arrive(message);
    /* Several answers to one question: the first is where reading begins. */
    const first = replies.length > 1 && [...this.log.children].find((node) => node.dataset.id === replies[0].id);
    if (first) this.toStartOf(first);
    this.setState(answer);
    if (answer.language && answer.language !== this.texts.data.language) this.changeTexts(answer.language);
  }

  failed(item, error) {
    const { messages, contacts } = error.body || {};
    this.announcer.say(this.texts.get("widget.status_failed"), { urgent: true });
    if (messages) for (const message of messages) this.arrive(message);
    else if (error.passing) this.unreachable(error, contacts);
    else if (error.code === "closed") this.setState({ state: "closed" });
    else this.notice(error.message);
  }

  /** A line of the panel's own, not of the record. */
  notice(text, choices = [], contacts = []) {
    const message = { from: "system", kind: "notice", text, lang: this.texts.data.language, contacts, choices };
    const node = renderMessage(message, this.ctx);
    this.log.append(node);
    this.announcer.say(text);
    this.toEnd();
    return node;
  }

  /** The service does not answer: the numbers that are always right, and a way to try again. */
  unreachable(error, contacts) {
    this.clearProblem();
    const cards = contacts || this.texts.data.contacts;
    this.problem = h("div", { class: "msg other problem" },
      h("p", {}, this.texts.get("widget.unreachable")),
      h("ul", { class: "cards" }, ...cards.map((card) => h("li", {}, contactCard(card, this.ctx, { brief: true })))),
      button({ class: "choice", onclick: () => this.tryAgain() }, this.texts.get("widget.try_again")));
    this.log.append(this.problem);
    this.announcer.say(this.texts.get("widget.unreachable"), { urgent: true });
    this.toEnd();
  }

  clearProblem() {
    this.problem?.remove();
    this.problem = null;
  }

  tryAgain() {
    this.clearProblem();
    this.composer.input.focus();
    for (const item of this.outbox.items) item.status = "waiting";
    this.started ? this.outbox.flush() : this.begin();
  }

  send(text) { this.outbox.add({ text }); }

  choose(choice, message, node) {
    if (node) markChosen(node, this.ctx);
    if (message?.id) this.store.set({ chosen: [...(this.store.get("chosen") || []), `${message.id} ${choice.value}`].slice(-100) });
    if (choice.value === "local:again") return this.outbox.add({ choice: `topic:${this.lastTopic}`, label: choice.label });
    return this.outbox.add({ choice: choice.value, label: choice.label });
  }

  /** Read what the stream may not have brought yet. */
  async catchUp() {
    const answer = await this.api.read(this.stream.cursor);
    for (const message of answer.messages) this.arrive(message);
    this.setState(answer);
  }

  // --- state --------------------------------------------------------------------------------------

  setState(standing) {
    const { state, position, language, counsellor, estimate_minutes: minutes } = standing;
    if (state === "erased") return this.renew();
    if (!state) return;
    const key = { queued: position ? "widget.state_queued_position" : "widget.state_queued",
      live: counsellor?.name ? "widget.state_live_name" : "widget.state_live", closed: "widget.state_closed" }[state];
    const wait = state === "queued" && minutes ? ` ${this.texts.get("widget.state_wait", { count: minutes })}` : "";
    const text = key ? this.texts.get(key, { position, name: counsellor?.name }) + wait : "";
    this.state = state;
    this.standing = standing;
    this.stateBar.hidden = !key;
    this.stateBar.className = `state is-${state}`;
    if (this.stateBar.dataset.text !== text) {
      this.stateBar.dataset.text = text;
      this.stateBar.replaceChildren(...(key ? [icon(state === "closed" ? "check" : "person"), h("span", {}, text)] : []));
      if (state === "queued") {
        this.stateBar.append(button({ class: "choice", onclick: (event) => { event.currentTarget.blur(); this.composer.input.focus(); this.choose({ value: "continue", label: this.texts.get("widget.leave_queue") }); } },
          this.texts.get("widget.leave_queue")));
      }
      if (state === "closed") {
        this.stateBar.append(button({ class: "choice", onclick: () => this.restart() }, this.texts.get("widget.new_conversation")),
          button({ class: "choice", onclick: () => this.sheet("feedback") }, this.texts.get("widget.feedback")));
      }
      if (key) this.announcer.say(text);
    }
    this.composer.setClosed(state === "closed");
    if (state === "closed") this.stream.stop();
    if (language && language !== this.texts.data.language && !this.changing) this.changeTexts(language);
  }

  link(up) {
    const text = up ? "" : this.texts.get(navigator.onLine === false ? "widget.offline" : "widget.connection_lost");
    if (up && !this.banner.hidden) this.announcer.say(this.texts.get("widget.online"));
    if (!up && this.banner.textContent !== text) this.announcer.say(text);
    this.banner.textContent = text;
    this.banner.hidden = up;
    if (up && this.outbox.items.length && !this.outbox.busy) {
      for (const item of this.outbox.items) item.status = "waiting";
      this.outbox.flush();
    }
  }

  showTyping() {
    const sending = this.outbox?.items.some((item) => item.status === "sending");
    const bot = sending && ["bot", "offered"].includes(this.state);
    const counsellor = Date.now() < (this.typingUntil || 0);
    this.typing.hidden = !(bot || counsellor);
    if (!this.typing.hidden) {
      this.typing.replaceChildren(h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
        this.texts.get(counsellor ? "widget.typing_counsellor" : "widget.typing_bot"));
    }
  }

  /** Tell a counsellor that the resident writes; never what. */
  residentTypes() {
    if (this.state !== "live" || Date.now() - (this.toldTyping || 0) < 4000) return;
    this.toldTyping = Date.now();
    this.api.typing().catch(() => {});
  }

  counsellorTypes() {
    this.typingUntil = Date.now() + 6000;
    this.showTyping();
    setTimeout(() => this.showTyping(), 6100);
  }

  // --- language, sheets, leaving ------------------------------------------------------------------

  /** The resident chose a language: the service is told, the interface follows. */
  async setLanguage(language) {
    this.changing = true;
    try {
      if (this.api.id) await this.api.language(language);
      await this.changeTexts(language);
      this.notice(this.texts.get("widget.language_changed"), this.lastTopic ? [{ value: "local:again", label: this.texts.get("widget.answer_again") }] : []);
    } catch {
      this.notice(this.texts.get("widget.language_failed"));
    } finally {
      this.changing = false;
    }
  }

  async changeTexts(language) {
    if (language === this.texts.data.language) return;
    const texts = await Texts.load(this.base, language);
    const { node, log, standing } = this, draft = this.composer.input.value, shown = this.shown;
    const focused = node.contains(node.getRootNode().activeElement);
    this.texts = this.ctx.texts = texts;
    this.store.set({ language });
    this.onLanguage();
    this.build();
    node.remove();
    this.log.append(...log.childNodes);
    this.composer.input.value = draft;
    this.node.hidden = !shown;
    this.coverage();
    this.setState({ ...standing, language });
    this.onBuilt?.();
    if (focused) this.composer.input.focus();
    this.toEnd();
  }

  async sheet(name, options = {}) {
    const opener = this.node.getRootNode().activeElement;
    try {
      const { openSheet } = await import("./sheets.js");
      openSheet(this, name, options, opener);
    } catch (error) {
      console.error("Verkkoapu: the sheet failed", error);
      this.notice(this.texts.get("widget.connection_lost"));
    }
  }

  async erase() {
    if (this.api.id) {
      try { await this.api.erase(); } catch (error) { if (!error.gone) throw error; }
    }
    this.outbox.empty();
    this.forget();
    this.lastTopic = null;
    this.started = false;
    this.log.replaceChildren();
    this.composer.clear();
    const node = this.notice(this.texts.get("widget.erased"));
    node.append(h("p", {}, button({ class: "choice", onclick: () => this.restart() }, this.texts.get("widget.new_conversation"))));
    this.started = true;
  }

  exit() { leave(this); }

  // --- scrolling ----------------------------------------------------------------------------------

  /** On a very low screen the panel scrolls as a whole. */
  get scroller() { return getComputedStyle(this.log).overflowY === "visible" ? this.node : this.log; }

  nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 120;
  }

  toEnd() {
    requestAnimationFrame(() => { this.scroller.scrollTop = this.scroller === this.log ? this.log.scrollHeight : this.composer.node.offsetTop; });
  }

  /** A long answer is read from its beginning: bring its first line into sight, not its last. */
  toStartOf(node) {
    requestAnimationFrame(() => {
      const { scroller } = this, offset = scroller === this.log ? 0 : this.log.offsetTop;
      const own = node.previousElementSibling?.classList.contains("own") ? node.previousElementSibling : null;
      const first = own && own.offsetHeight < scroller.clientHeight / 3 ? own : node;
      scroller.scrollTop = first.offsetTop + offset - 12;
    });
  }
}
