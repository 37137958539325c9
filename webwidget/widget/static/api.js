/* The residents' interface of the service (API.md). The token travels in a header only. */

const LIMIT = 20000;

/** An answer that is an error; `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor(status, body, wait) {
    super(body?.error?.message || `HTTP ${status}`);
    this.status = status;
    this.code = body?.error?.code || "";
    this.body = body || {};
    this.wait = wait;
  }

  /** Whether asking again later can help. */
  get passing() { return this.status === 0 || this.status === 429 || this.status >= 500; }

  /** Whether the conversation does not exist any more. */
  get gone() { return this.status === 401 || this.status === 404; }
}

export class Api {
  constructor(base) {
    this.base = `${base}api`;
    this.id = null;
    this.token = null;
  }

  use(id, token) {
    this.id = id;
    this.token = token;
  }

  open(language, page) { return this.call("POST", "/conversations", { language, page }); }
  send(item) {
    const { client_id, text, choice } = item;
    return this.own("POST", "/messages", choice ? { client_id, choice } : { client_id, text });
  }
  read(after) { return this.own("GET", `/messages?after=${encodeURIComponent(after || "0")}`); }
  language(language) { return this.own("POST", "/language", { language }); }
  typing() { return this.own("POST", "/typing", {}); }
  seen(id) { return this.own("POST", "/seen", { id }); }
  callback(body) { return this.own("POST", "/callback", body); }
  feedback(body) { return this.own("POST", "/feedback", body); }
  erase(options) { return this.own("DELETE", "", undefined, options); }
  search(q, lang, signal) {
    return this.call("GET", `/search?${new URLSearchParams({ q, lang, limit: "4" })}`, undefined, { signal });
  }

  async transcript() {
    const answer = await this.fetch("GET", `/conversations/${this.id}/transcript?format=txt`);
    return answer.blob();
  }

  /** The event stream; the caller reads its body. */
  events(after, signal) {
    return fetch(`${this.base}/conversations/${this.id}/events`, {
      headers: { Authorization: `Bearer ${this.token}`, ...(after ? { "Last-Event-ID": after } : {}) },
      credentials: "omit", cache: "no-store", signal,
    });
  }

  own(method, path, body, options) { return this.call(method, `/conversations/${this.id}${path}`, body, options); }

  async call(method, path, body, options) {
    const answer = await this.fetch(method, path, body, options);
    return answer.status === 204 ? null : answer.json();
  }

  async fetch(method, path, body, { signal, keepalive } = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LIMIT);
    signal?.addEventListener("abort", () => stop.abort());
    let answer;
    try {
      answer = await fetch(this.base + path, {
        method, signal: stop.signal, credentials: "omit", keepalive: Boolean(keepalive),
        headers: { ...(body ? { "Content-Type": "application/json" } : {}), ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) },
        body: body ? JSON.stringify(body) : undefined,
      });
    } catch (error) {
      throw new ApiError(0, { error: { message: String(error) } });
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return answer;
    let problem = {};
    try { problem = await answer.json(); } catch { /* an answer of something in between */ }
    throw new ApiError(answer.status, problem, Number(answer.headers.get("Retry-After")) * 1000 || 0);
  }
}
