// What a counsellor sends, until the record has it: sending, sent, delivered, seen, failed with a way to try again.
// Each message has an id of its own, so that a second try never makes a second message.

import { CallError, post } from "./api.mjs";

const TRIES = [800, 2500];

export class Outbox {
  constructor(conversation, changed) {
    this.conversation = conversation;
    this.changed = changed;
    this.pending = new Map();
    this.line = Promise.resolve();
  }

  send(text) {
    const entry = { client_id: crypto.randomUUID(), text, status: "sending", problem: "" };
    this.pending.set(entry.client_id, entry);
    this.changed();
    // One after the other, so that the order on the screen is the order in the record.
    this.line = this.line.then(() => this.deliver(entry));
    return entry;
  }

  retry(entry) {
    entry.status = "sending";
    entry.problem = "";
    this.changed();
    this.line = this.line.then(() => this.deliver(entry));
  }

  async deliver(entry) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await post(`conversations/${this.conversation}/messages`, { client_id: entry.client_id, text: entry.text });
        entry.status = "sent";
        break;
      } catch (error) {
        const refused = error instanceof CallError && error.status < 500 && error.status !== 429;
        if (refused || attempt >= TRIES.length) {
          entry.status = "failed";
          entry.problem = error instanceof CallError ? error.message : "";
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, TRIES[attempt]));
      }
    }
    this.changed();
  }

  // The record has it: from now on the stored message is shown.
  stored(clientId) {
    this.pending.delete(clientId);
  }
}
