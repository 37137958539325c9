// The event stream, read with fetch: comes back by itself with its cursors, notices a half-open connection, and where
// streams do not get through it asks instead.

import { call } from "./api.mjs";
import { currentLanguage } from "./texts.mjs";

const SILENCE_MS = 30000;
const FIRST_BYTE_MS = 5000;
const POLL_MS = 3000;
const TRY_STREAM_AGAIN_MS = 60000;

export class Stream {
  // handlers: event(name, data), status("open" | "lost" | "polling"), cursors() -> {conversation: id}
  constructor(handlers) {
    this.handlers = handlers;
    this.running = false;
    this.failures = 0;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.run();
  }

  stop() {
    this.running = false;
    this.controller?.abort();
  }

  async run() {
    while (this.running) {
      const opened = await this.follow();
      if (!this.running) return;
      this.failures = opened ? 0 : this.failures + 1;
      if (this.failures >= 2) {
        await this.poll(Date.now() + TRY_STREAM_AGAIN_MS);
      } else {
        this.handlers.status("lost");
        await wait(300 + Math.random() * 1200);
      }
    }
  }

  // True when at least one byte came through.
  async follow() {
    this.controller = new AbortController();
    let opened = false;
    let watchdog = setTimeout(() => this.controller.abort(), FIRST_BYTE_MS);
    const cursor = Object.entries(this.handlers.cursors()).map(([name, id]) => `${name}:${id}`).join(",");
    try {
      const answer = await fetch(`/api/console/events?pings=1&lang=${currentLanguage()}`, {
        headers: { "Accept": "text/event-stream", "Accept-Language": currentLanguage(), ...(cursor ? { "Last-Event-ID": cursor } : {}) },
        credentials: "same-origin", signal: this.controller.signal, cache: "no-store",
      });
      if (!answer.ok) {
        if (answer.status === 401) await call("GET", "queue").catch(() => {});
        return false;
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return opened;
        if (!opened) this.handlers.status("open");
        opened = true;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => this.controller.abort(), SILENCE_MS);
        buffer += value;
        let end;
        while ((end = buffer.indexOf("\n\n")) >= 0) {
          this.take(buffer.slice(0, end));
          buffer = buffer.slice(end + 2);
        }
      }
    } catch {
      return opened;
    } finally {
      clearTimeout(watchdog);
    }
  }

  take(block) {
    let name = "message";
    let data = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("event: ")) name = line.slice(7);
      else if (line.startsWith("data: ")) data += line.slice(6);
    }
    if (data) this.handlers.event(name, JSON.parse(data));
  }

  async poll(until) {
    while (this.running && Date.now() < until) {
      try {
        const state = await call("GET", `queue?lang=${currentLanguage()}`);
        this.handlers.status("polling");
        this.handlers.event("queue", state);
        const cursors = this.handlers.cursors();
        for (const mine of state.mine) {
          const found = await call("GET", `conversations/${mine.id}?after=${cursors[mine.id] ?? "0"}&lang=${currentLanguage()}`);
          for (const message of found.messages) this.handlers.event("message", { conversation: mine.id, message });
          this.handlers.event("conversation", found.conversation);
        }
      } catch {
        this.handlers.status("lost");
      }
      await wait(POLL_MS + Math.random() * 1000);
    }
  }
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
