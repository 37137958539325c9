/* News of a conversation: an event stream read by fetch, resumed from the last id; questions at intervals where
   no stream gets through. Tells what it hears by `on.message`, `on.state`, `on.typing`, `on.link`, `on.gone`. */

/* The service sends something at once and at least every 25 s; silence means a dead line. */
const FIRST_BYTE = 5000, SILENCE = 40000, POLL_BEFORE_STREAM = 120000, LONGEST_WAIT = 30000;

export class Stream {
  constructor(api, on, pollSeconds) {
    this.api = api;
    this.on = on;
    this.poll = pollSeconds * 1000;
    this.cursor = "0";
    this.running = null;
  }

  start(cursor) {
    if (cursor) this.cursor = cursor;
    if (this.running) return;
    const run = (this.running = { stop: new AbortController(), wake: () => {} });
    this.run(run);
  }

  stop() {
    this.running?.stop.abort();
    this.running?.wake();
    this.running = null;
  }

  /** The device woke up or the network came back: what was open may be dead. */
  refresh() {
    if (!this.running) return;
    if (Date.now() - (this.heard || 0) < 3000) return;
    this.stop();
    this.start();
  }

  async run(run) {
    let failures = 0, pollUntil = 0;
    while (this.running === run) {
      try {
        if (Date.now() < pollUntil) {
          await this.ask();
          failures = 0;
          this.on.link(true);
          await pause(run, this.poll * (1 + Math.random() / 2));
          continue;
        }
        const heard = await this.listen(run);
        if (this.running !== run) return;
        if (!heard) pollUntil = Date.now() + POLL_BEFORE_STREAM;
        else failures = 0;
        if (heard) await pause(run, 300 + Math.random() * 700);
      } catch (error) {
        if (this.running !== run) return;
        if (error.gone) {
          this.running = null;
          return this.on.gone();
        }
        failures += 1;
        if (failures > 1) this.on.link(false);
        await pause(run, Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(failures, 5)) * (0.75 + Math.random() / 2));
      }
    }
  }

  /** Read one stream to its end; false when nothing came through in time. */
  async listen(run) {
    const stop = new AbortController();
    run.stop.signal.addEventListener("abort", () => stop.abort());
    let timer = setTimeout(() => stop.abort(), FIRST_BYTE), heard = false;
    try {
      const answer = await this.api.events(this.cursor, stop.signal);
      if (answer.status === 401 || answer.status === 404) throw Object.assign(new Error("gone"), { gone: true });
      if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
      const reader = answer.body.getReader(), decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return true;
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(), SILENCE);
        this.on.link(true);
        heard = true;
        this.heard = Date.now();
        const blocks = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) this.take(block);
      }
    } catch (error) {
      if (stop.signal.aborted && !run.stop.signal.aborted) return heard;
      if (heard && !error.gone) return true;
      throw error;
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }

  take(block) {
    const field = (name) => block.split("\n").filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
    const data = field("data").join("\n"), event = field("event")[0] || "message", id = field("id")[0];
    if (!data) return;
    let body;
    try { body = JSON.parse(data); } catch { return; }
    if (id) this.cursor = id;
    if (event === "message") this.on.message(body);
    else if (event === "state") this.on.state(body);
    else if (event === "typing") this.on.typing(body);
  }

  /** One question for news. */
  async ask() {
    const answer = await this.api.read(this.cursor);
    for (const message of answer.messages) {
      this.cursor = message.id;
      this.on.message(message);
    }
    this.heard = Date.now();
    this.on.state(answer);
  }
}

function pause(run, time) {
  return new Promise((done) => {
    const timer = setTimeout(done, time);
    run.wake = () => { clearTimeout(timer); done(); };
  });
}
