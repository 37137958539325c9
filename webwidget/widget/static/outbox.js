/* Messages on their way. Each keeps the id the client made, so that sending it again never writes it twice;
   the list outlives a change of page. Sends in order, one at a time, and waits while there is no network. */

const WAITS = [1500, 4000, 10000];

export class Outbox {
  constructor(api, store, on) {
    this.api = api;
    this.store = store;
    this.on = on;
    this.items = (store.get("outbox") || []).map((item) => ({ ...item, status: "waiting" }));
    this.busy = false;
    addEventListener("online", () => this.flush());
  }

  add(item) {
    const made = { client_id: newId(), at: new Date().toISOString(), status: "waiting", ...item };
    this.items.push(made);
    this.keep();
    this.on.changed(made);
    this.flush();
    return made;
  }

  retry(item) {
    item.status = "waiting";
    this.flush();
  }

  drop(item) {
    this.items = this.items.filter((one) => one !== item);
    this.keep();
  }

  empty() {
    this.items = [];
    this.keep();
  }

  keep() { this.store.set({ outbox: this.items.map(({ client_id, at, text, choice, label }) => ({ client_id, at, text, choice, label })) }); }

  mark(item, status) {
    item.status = status;
    this.on.changed(item);
  }

  /** Send what waits. A message that failed for good stands aside; the next ones go. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      for (;;) {
        const item = this.items.find((one) => one.status !== "failed");
        if (!item || !(await this.deliver(item))) break;
      }
    } finally {
      this.busy = false;
      this.on.idle();
    }
  }

  async deliver(item) {
    for (let attempt = 0; ; attempt++) {
      if (navigator.onLine === false) {
        this.mark(item, "waiting");
        this.on.offline();
        return false;
      }
      this.mark(item, "sending");
      try {
        if (!this.api.id) await this.on.conversation();
        const answer = await this.api.send(item);
        if (!this.items.includes(item)) return true;
        this.drop(item);
        this.on.sent(item, answer);
        return true;
      } catch (error) {
        if (!this.items.includes(item)) return true;
        if (error.gone && this.api.id && attempt === 0) {
          if (await this.on.gone()) continue;
        } else if (error.passing && attempt < WAITS.length && !error.body?.messages) {
          await new Promise((done) => setTimeout(done, Math.max(error.wait || 0, WAITS[attempt])));
          continue;
        }
        this.mark(item, "failed");
        this.on.failed(item, error);
        return true;
      }
    }
  }
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  /* randomUUID needs a secure context; a test page over plain HTTP has none. */
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
