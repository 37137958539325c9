// One conversation: what was said, what is being sent, and what can be done with it.

import { get, post } from "./api.mjs";
import { announce, el } from "./dom.mjs";
import { Outbox } from "./outbox.mjs";
import { closeDialog, contactsDialog, noteDialog, readyAnswers, transferDialog } from "./panels.mjs";
import { currentLanguage, has, languageName, t, time } from "./texts.mjs";

const TYPING_MS = 4000;

export class ConversationView {
  // desk: {changed(view), unreadChanged(), remove(view), choices()}
  constructor(card, number, desk) {
    this.id = card.id;
    this.card = card;
    this.number = number;
    this.desk = desk;
    this.messages = new Map();
    this.unread = 0;
    this.over = null;
    this.outbox = new Outbox(card.id, () => this.drawPending());
    this.build();
    this.drawHead();
  }

  build() {
    const action = (key, handler) => el("button", { type: "button", onclick: handler, "data-action": key }, t(`console.${key}`));
    this.title = el("h3", { id: `title-${this.id}`, tabindex: "-1" });
    this.unreadMark = el("span", { class: "unread" });
    this.about = el("p", { class: "small" });
    this.alarm = el("p", { class: "alarm-mark", hidden: true });
    this.summary = el("details", {}, el("summary", {}, t("console.summary")), el("div", { class: "small" }));
    this.goneNote = el("p", { class: "gone", role: "status", hidden: true });
    this.log = el("ol", { class: "log", role: "log", "aria-live": "off", "aria-labelledby": this.title.id, tabindex: "0" });
    this.pendingList = el("ol", { class: "log pending", role: "list", hidden: true });
    this.typing = el("p", { class: "typing", "aria-hidden": "true" });
    this.input = el("textarea", { id: `text-${this.id}`, rows: "3", maxlength: "2000", "aria-describedby": `hint-${this.id}` });
    this.input.value = sessionStorage.getItem(`draft-${this.id}`) ?? "";
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    this.input.addEventListener("input", () => {
      sessionStorage.setItem(`draft-${this.id}`, this.input.value);
      this.tellTyping();
    });
    this.sendButton = el("button", { type: "submit", class: "first" }, t("console.send"));
    this.form = el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      el("label", { for: this.input.id }, t("console.write")), this.input, el("p", { class: "small", id: `hint-${this.id}` }, t("console.write_hint")),
      el("div", { class: "row" }, this.sendButton));
    this.actions = el("div", { class: "actions", role: "group", "aria-label": t("console.actions") },
      action("ready_answers", () => this.openAnswers()), action("contacts", () => contactsDialog(this)), action("note", () => this.openNote()),
      action("transfer", () => this.openTransfer()), action("release", () => this.release()), action("close", () => this.openClose()));
    this.remove = el("button", { type: "button", hidden: true, onclick: () => this.desk.remove(this) }, t("console.put_away"));
    this.element = el("section", { class: "conversation", "aria-labelledby": this.title.id },
      el("header", {}, el("div", { class: "row" }, this.title, this.unreadMark), this.alarm, this.about, this.actions, this.summary),
      this.goneNote, this.remove, this.log, this.typing, this.form);
    this.element.addEventListener("focusin", () => this.read());
    this.element.addEventListener("pointerdown", () => this.read());
  }

  drawHead() {
    const title = this.card.topic_title ?? t("console.no_topic");
    this.title.textContent = t("console.conversation_title", { number: this.number, title });
    this.about.textContent = [languageName(this.card.language), this.card.area && areaName(this.card.area), this.card.page].filter(Boolean).join(" · ");
    this.alarm.hidden = !this.card.alarm;
    this.alarm.textContent = this.card.alarm ? t("console.alarm") : "";
    this.element.classList.toggle("alarm", Boolean(this.card.alarm));
    this.input.lang = this.card.language;
    this.unreadMark.textContent = this.unread ? String(this.unread) : "";
    if (this.unread) this.unreadMark.setAttribute("aria-label", t("console.unread", { count: this.unread }));
    else this.unreadMark.removeAttribute("aria-label");
    this.updateStatuses();
  }

  drawSummary(summary) {
    const rows = [
      ["console.summary_topic", summary.topic_title ?? t("console.no_topic")], ["console.summary_municipality", summary.municipality],
      ["console.summary_language", languageName(summary.language)], ["console.summary_page", summary.page],
      ["console.summary_first", summary.first_question],
      ["console.summary_tried", summary.tried.map((step) => `${t(`console.step.${step.kind}`)}${step.title ? `: ${step.title}` : ""}`).join("; ")],
    ].filter(([, value]) => value);
    this.summary.lastElementChild.replaceChildren(el("dl", {}, ...rows.flatMap(([key, value]) => [el("dt", {}, t(key)), el("dd", {}, value)])));
  }

  async load() {
    const found = await get(`conversations/${this.id}?lang=${currentLanguage()}`);
    for (const message of found.messages) this.take(message, false);
    this.drawSummary(found.summary);
    this.update(found.conversation);
  }

  update(card) {
    this.card = card;
    this.drawHead();
  }

  take(message, fresh = true) {
    if (this.messages.has(message.id)) return;
    this.messages.set(message.id, message);
    if (message.client_id) this.outbox.stored(message.client_id);
    if (message.event === "alarm") {
      this.card.alarm = message.alarm;
      this.drawHead();
    }
    const item = this.item(message);
    if (item) {
      const pending = this.log.querySelector("[data-pending]");
      this.log.insertBefore(item, pending);
      this.scroll();
    }
    this.drawPending();
    if (message.from === "resident") this.showTyping(false);
    if (fresh && message.from === "resident" && !this.isCurrent()) {
      this.unread += 1;
      this.drawHead();
      this.desk.unreadChanged();
    }
    if (fresh && message.from === "resident") announce(t("console.said_by_resident", { number: this.number, text: message.text }));
  }

  item(message) {
    const note = message.event === "note";
    if (message.event === "closing" || (!message.text && message.event !== "alarm")) return null;
    const who = note ? t("console.note_by", { name: message.counsellor?.name ?? message.by })
      : message.from === "counsellor" ? message.counsellor?.name ?? "" : t(`console.from.${message.from}`);
    const text = message.event === "alarm" ? t("console.alarm_text") : message.text;
    const kind = message.event === "alarm" ? "system alarm" : note ? "note" : message.from;
    return el("li", { class: `message ${kind}`, "data-id": message.id, "data-from": message.from },
      el("span", { class: "by" }, t("console.by_at", { who, time: time(message.at) })),
      el("span", { lang: message.event ? undefined : message.lang }, text),
      message.from === "counsellor" && !note ? el("span", { class: "status" }) : null);
  }

  // Sent, delivered to the resident's window, seen there: from the resident's own marks.
  updateStatuses() {
    for (const item of this.log.querySelectorAll("[data-from=counsellor]")) {
      const status = item.querySelector(".status");
      if (!status || !item.dataset.id) continue;
      const reached = before(item.dataset.id, this.card.seen) ? "seen" : before(item.dataset.id, this.card.delivered) ? "delivered" : "sent";
      status.textContent = t(`console.status.${reached}`);
      item.dataset.status = reached;
    }
  }

  drawPending() {
    for (const old of this.log.querySelectorAll("[data-pending]")) old.remove();
    for (const entry of this.outbox.pending.values()) {
      const status = el("span", { class: entry.status === "failed" ? "status failed" : "status", role: entry.status === "failed" ? "alert" : undefined },
        t(`console.status.${entry.status}`), entry.problem ? ` ${entry.problem}` : "");
      const retry = entry.status === "failed" ? el("span", { class: "row" },
        el("button", { type: "button", onclick: () => this.outbox.retry(entry) }, t("console.retry")),
        el("button", { type: "button", onclick: () => this.takeBack(entry) }, t("console.edit"))) : null;
      this.log.append(el("li", { class: "message counsellor", "data-pending": true, "data-status": entry.status },
        el("span", {}, entry.text), status, retry));
    }
    this.updateStatuses();
    this.scroll();
  }

  takeBack(entry) {
    this.outbox.pending.delete(entry.client_id);
    this.insert(entry.text);
    this.drawPending();
  }

  send() {
    const text = this.input.value.trim();
    if (!text || this.over) return;
    this.input.value = "";
    sessionStorage.removeItem(`draft-${this.id}`);
    this.outbox.send(text);
    this.input.focus();
  }

  insert(text) {
    this.input.value = this.input.value ? `${this.input.value}\n${text}` : text;
    sessionStorage.setItem(`draft-${this.id}`, this.input.value);
    this.input.focus();
  }

  tellTyping() {
    if (Date.now() - (this.toldTyping ?? 0) < 3000) return;
    this.toldTyping = Date.now();
    post(`conversations/${this.id}/typing`).catch(() => {});
  }

  showTyping(on) {
    clearTimeout(this.typingTimer);
    this.typing.textContent = on ? t("console.resident_types") : "";
    if (on) this.typingTimer = setTimeout(() => this.showTyping(false), TYPING_MS);
  }

  read() {
    this.desk.makeCurrent(this);
    if (!this.unread) return;
    this.unread = 0;
    this.drawHead();
    this.desk.unreadChanged();
  }

  isCurrent() {
    return this.desk.current() === this && document.hasFocus();
  }

  openAnswers() { readyAnswers(this.card.language, this.card.topic, (text) => this.insert(text)); }

  openNote() { noteDialog(this); }

  openTransfer() { transferDialog(this, this.desk.choices(), this.desk.team()); }

  openClose() { closeDialog(this, this.desk.choices()); }

  async release() {
    await this.desk.attempt(() => post(`conversations/${this.id}/release`));
  }

  // It is no longer in this counsellor's hands: what was written stays readable, nothing can be sent.
  gone(why) {
    this.over = why;
    const text = has(`console.gone.${why}`) ? t(`console.gone.${why}`) : t("console.gone.other");
    this.goneNote.textContent = text;
    this.goneNote.hidden = false;
    this.form.hidden = true;
    this.actions.hidden = true;
    this.remove.hidden = false;
    this.showTyping(false);
    if (why === "erased") {
      this.log.replaceChildren();
      this.messages.clear();
    }
    announce(t("console.gone_announced", { number: this.number, text }));
  }

  lastId() {
    return [...this.messages.keys()].at(-1) ?? null;
  }

  focus() {
    this.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    (this.over ? this.title : this.input).focus();
  }

  // To the newest message, unless the counsellor has scrolled up to read.
  scroll() {
    if (this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight > 240 && this.loaded && this.messages.size > 12) return;
    requestAnimationFrame(() => { this.log.scrollTop = this.log.scrollHeight; });
  }
}

export function areaName(area) {
  return has(`console.area.${area}`) ? t(`console.area.${area}`) : area;
}

function before(id, mark) {
  const [time1, serial1] = id.split("-").map(Number);
  const [time2, serial2] = String(mark ?? "0").split("-").map(Number);
  return time1 < time2 || (time1 === time2 && serial1 <= (serial2 ?? 0));
}
