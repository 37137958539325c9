// The console: log-in, queue, conversations side by side, and the stream that keeps them true.

import { get, post, setCsrf, whenLoggedOut } from "./api.mjs";
import { muted, setMuted, setUnread, sound } from "./alerts.mjs";
import { ConversationView, areaName } from "./conversation.mjs";
import { announce, byId, el } from "./dom.mjs";
import { auditDialog, callbacksDialog, readyAnswers } from "./panels.mjs";
import { openShortcuts, startShortcuts } from "./shortcuts.mjs";
import { Stream } from "./stream.mjs";
import { currentLanguage, fillTexts, languageName, loadTexts, t } from "./texts.mjs";

const LANGUAGE_KEY = "verkkoapu-console-language";
const LONGEST_PING_SECONDS = 10;

class Console {
  constructor() {
    this.views = new Map();
    this.state = { queue: [], mine: [], team: [], callbacks: 0 };
    this.numbers = 0;
    this.currentView = null;
    this.known = null;
    this.stream = new Stream({
      event: (name, data) => this.event(name, data),
      status: (status) => this.showConnection(status),
      cursors: () => Object.fromEntries([...this.views.values()].filter((view) => !view.over && view.lastId()).map((view) => [view.id, view.lastId()])),
    });
  }

  async begin() {
    const wanted = localStorage.getItem(LANGUAGE_KEY) ?? document.body.dataset.language;
    await loadTexts(wanted);
    byId("language").value = wanted;
    fillTexts();
    this.connectControls();
    whenLoggedOut(() => this.loggedOut());
    const found = await get("me").catch(() => null);
    if (found?.counsellor) this.loggedIn(found);
    else byId("username").focus();
  }

  connectControls() {
    byId("login-form").addEventListener("submit", (event) => { event.preventDefault(); this.logIn(); });
    byId("language").addEventListener("change", async (event) => {
      localStorage.setItem(LANGUAGE_KEY, event.target.value);
      location.reload();
    });
    byId("log-out").addEventListener("click", async () => {
      await post("logout").catch(() => {});
      this.loggedOut();
    });
    for (const radio of document.querySelectorAll("[name=presence]")) radio.addEventListener("change", () => this.setPresence(radio.value));
    byId("capacity").addEventListener("change", () => this.setPresence(this.presence()));
    byId("mute").addEventListener("click", () => this.toggleMute());
    byId("mute").setAttribute("aria-pressed", String(muted()));
    byId("claim-next").addEventListener("click", () => this.claimNext());
    byId("only-fitting").addEventListener("change", () => this.drawQueue());
    byId("open-callbacks").addEventListener("click", () => callbacksDialog());
    byId("open-answers").addEventListener("click", () => this.openAnswers());
    byId("open-audit").addEventListener("click", () => auditDialog());
    byId("open-shortcuts").addEventListener("click", () => openShortcuts());
    startShortcuts({
      next: () => this.claimNext(), queue: () => byId("queue").focus(), presence: () => this.setPresence(this.presence() === "available" ? "away" : "available"),
      mute: () => this.toggleMute(), answers: () => this.openAnswers(), note: () => this.currentView?.openNote(), close: () => this.currentView?.openClose(),
      transfer: () => this.currentView?.openTransfer(), callbacks: () => callbacksDialog(), following: () => this.move(1), previous: () => this.move(-1),
      help: () => openShortcuts(),
    });
    window.addEventListener("focus", () => this.currentView?.read());
  }

  async logIn() {
    const problem = byId("login-problem");
    problem.hidden = true;
    try {
      const found = await post("login", { username: byId("username").value, password: byId("password").value });
      byId("password").value = "";
      this.loggedIn(found);
    } catch (error) {
      problem.textContent = error.message || t("console.no_connection");
      problem.hidden = false;
      byId("password").focus();
    }
  }

  async loggedIn(found) {
    setCsrf(found.csrf);
    this.me = found.counsellor;
    this.may = new Set(found.permissions);
    byId("login").hidden = true;
    byId("tools").hidden = false;
    byId("who").textContent = t("console.logged_in_as", { name: this.me.name });
    const serves = this.may.has("serve");
    for (const id of ["work", "open-callbacks"]) byId(id).hidden = !serves;
    document.querySelector(".presence").hidden = !serves;
    document.querySelector(".capacity").hidden = !serves;
    byId("open-audit").hidden = !this.may.has("audit");
    byId("capacity").value = this.me.capacity;
    this.showPresence(this.me.status);
    if (!serves) {
      byId("open-answers").focus();
      return;
    }
    this.choices = await get(`choices?lang=${currentLanguage()}`);
    this.stream.start();
    clearInterval(this.pings);
    clearInterval(this.clock);
    this.clock = setInterval(() => this.drawQueue(), 20000);
    this.pings = setInterval(() => post("alive").catch(() => {}), Math.min(LONGEST_PING_SECONDS, found.lease_seconds / 4) * 1000);
    byId("queue").focus();
  }

  loggedOut() {
    if (!this.me) return;
    this.me = null;
    this.stream.stop();
    clearInterval(this.pings);
    clearInterval(this.clock);
    for (const view of this.views.values()) view.element.remove();
    this.views.clear();
    this.currentView = null;
    byId("login").hidden = false;
    byId("work").hidden = true;
    byId("tools").hidden = true;
    byId("who").textContent = "";
    byId("login-problem").textContent = t("console.logged_out");
    byId("login-problem").hidden = false;
    byId("username").focus();
  }

  // --- what comes in -------------------------------------------------------------------------

  event(name, data) {
    if (name === "queue") this.takeState(data);
    else if (name === "message") this.takeMessage(data);
    else if (name === "conversation") this.views.get(data.id)?.update(data);
    else if (name === "gone") this.takeGone(data);
    else if (name === "typing") this.views.get(data.conversation)?.showTyping(true);
    else if (name === "alarm") {
      sound("alarm");
      announce(t("console.alarm_announced", { number: this.views.get(data.conversation)?.number ?? "" }), true);
    }
  }

  takeState(state) {
    this.state = state;
    this.stateAt = Date.now();
    for (const card of state.mine) this.show(card);
    for (const view of this.views.values()) {
      if (!view.over && !state.mine.some((card) => card.id === view.id)) this.askWhy(view);
    }
    const fitting = state.queue.filter((entry) => entry.fits);
    const before = this.known;
    this.known = new Set(fitting.map((entry) => entry.id));
    if (before && [...this.known].some((id) => !before.has(id))) {
      sound(fitting.some((entry) => entry.alarm && !before.has(entry.id)) ? "alarm" : "queue");
      announce(t("console.queue_announced", { count: fitting.length }));
    }
    this.drawQueue();
    this.drawTeam();
    byId("callback-count").textContent = state.callbacks ? String(state.callbacks) : "";
    const own = state.team.find((person) => person.id === this.me?.id);
    if (own) this.showPresence(own.status);
  }

  takeMessage({ conversation, message }) {
    const view = this.views.get(conversation);
    if (!view) return;
    const fresh = view.loaded && !view.messages.has(message.id);
    view.take(message, fresh);
    if (fresh && message.from === "resident") sound("message");
  }

  takeGone({ conversation, why }) {
    const view = this.views.get(conversation);
    if (view && !view.over) view.gone(why);
    this.unreadChanged();
  }

  // Where the stream could not say why: the conversation itself does.
  askWhy(view) {
    clearTimeout(view.asking);
    view.asking = setTimeout(() => {
      if (!view.over && !this.state.mine.some((card) => card.id === view.id)) this.takeGone({ conversation: view.id, why: "other" });
    }, 4000);
  }

  show(card) {
    let view = this.views.get(card.id);
    if (view && !view.over) {
      view.update({ ...view.card, ...card });
      return view;
    }
    view?.element.remove();
    this.numbers += 1;
    view = new ConversationView(card, this.numbers, this.deskOf());
    this.views.set(card.id, view);
    byId("conversations").append(view.element);
    byId("none-open").hidden = true;
    view.load().then(() => { view.loaded = true; }).catch(() => { view.loaded = true; });
    return view;
  }

  deskOf() {
    return {
      current: () => this.currentView, makeCurrent: (view) => this.makeCurrent(view), unreadChanged: () => this.unreadChanged(),
      remove: (view) => this.putAway(view), choices: () => this.choices, attempt: (action) => this.attempt(action),
      team: () => this.state.team.map((person) => ({ ...person, me: person.id === this.me.id })),
    };
  }

  makeCurrent(view) {
    if (this.currentView === view) return;
    this.currentView?.element.classList.remove("current");
    this.currentView = view;
    view?.element.classList.add("current");
  }

  putAway(view) {
    view.element.remove();
    this.views.delete(view.id);
    if (this.currentView === view) this.currentView = null;
    byId("none-open").hidden = this.views.size > 0;
    this.unreadChanged();
    byId("queue").focus();
  }

  unreadChanged() {
    setUnread([...this.views.values()].reduce((sum, view) => sum + (view.over ? 0 : view.unread), 0));
  }

  // --- what the counsellor does --------------------------------------------------------------

  async attempt(action) {
    try {
      return await action();
    } catch (error) {
      this.notice(error.message || t("console.not_done"));
      return null;
    }
  }

  async claim(id) {
    const found = await this.attempt(() => post(`conversations/${id}/claim?lang=${currentLanguage()}`));
    if (!found) return;
    const view = this.show(found.conversation);
    this.makeCurrent(view);
    view.focus();
  }

  claimNext() {
    const next = this.state.queue.find((entry) => entry.fits);
    if (next) this.claim(next.id);
    else announce(t("console.queue_empty"));
  }

  presence() {
    return document.querySelector("[name=presence]:checked")?.value ?? "away";
  }

  showPresence(status) {
    const radio = document.querySelector(`[name=presence][value=${status}]`);
    if (radio) radio.checked = true;
  }

  async setPresence(status) {
    const capacity = Math.max(1, Math.min(200, Number(byId("capacity").value) || 1));
    const found = await this.attempt(() => post("presence", { status, capacity }));
    if (!found) return;
    this.showPresence(found.status);
    announce(t(`console.${found.status}`));
  }

  toggleMute() {
    setMuted(!muted());
    byId("mute").setAttribute("aria-pressed", String(muted()));
    announce(t(muted() ? "console.muted" : "console.unmuted"));
  }

  openAnswers() {
    const view = this.currentView;
    if (view && !view.over) view.openAnswers();
    else readyAnswers(this.me.languages[0], null, null);
  }

  move(step) {
    const open = [...this.views.values()];
    if (!open.length) return;
    const at = open.indexOf(this.currentView);
    open[(at + step + open.length) % open.length].focus();
  }

  // --- what is drawn -------------------------------------------------------------------------

  drawQueue() {
    const only = byId("only-fitting").checked;
    const shown = this.state.queue.filter((entry) => entry.fits || !only);
    byId("queue-count").textContent = shown.length ? String(shown.length) : "";
    byId("queue-empty").hidden = shown.length > 0;
    const focused = document.activeElement?.dataset?.claim;
    byId("queue").replaceChildren(...shown.map((entry) => this.waiting(entry)));
    if (focused) byId("queue").querySelector(`[data-claim="${focused}"]`)?.focus();
  }

  waiting(entry) {
    const minutes = Math.floor(((entry.waiting_seconds ?? 0) + (Date.now() - this.stateAt) / 1000) / 60);
    const title = entry.topic_title ?? t("console.no_topic");
    const button = el("button", { type: "button", "data-claim": entry.id, onclick: () => this.claim(entry.id) }, t("console.claim"));
    button.setAttribute("aria-label", t("console.claim_of", { title }));
    return el("li", { class: entry.alarm ? "waiting alarm" : "waiting" },
      entry.alarm ? el("p", { class: "alarm-mark" }, t("console.alarm")) : null, el("p", {}, el("strong", {}, title)),
      el("p", { class: "small" }, [languageName(entry.language), entry.area && areaName(entry.area), t("console.waited", { minutes }),
        entry.returned && t("console.returned")].filter(Boolean).join(" · ")), button);
  }

  drawTeam() {
    byId("team").replaceChildren(...this.state.team.map((person) => el("li", { class: "small" },
      t("console.team_line", { name: person.name, status: t(`console.${person.status}`), holding: person.holding, capacity: person.capacity }))));
  }

  showConnection(status) {
    const banner = byId("connection");
    banner.hidden = status === "open";
    if (status !== "open") banner.textContent = t(`console.connection_${status}`);
  }

  notice(text) {
    const banner = byId("connection");
    banner.textContent = text;
    banner.hidden = false;
    announce(text, true);
    setTimeout(() => { if (banner.textContent === text) banner.hidden = true; }, 8000);
  }
}

new Console().begin();
