/* What outlives a change of page: one record in this tab's session storage. Where storage is denied, memory. */

export class Store {
  constructor(key) {
    this.key = key;
    this.record = {};
    try { this.record = JSON.parse(sessionStorage.getItem(key)) || {}; } catch { /* nothing kept */ }
  }

  get(name) { return this.record[name]; }

  set(values) {
    Object.assign(this.record, values);
    this.write();
  }

  /** Forget the conversation; the language and the text size stay. */
  forget() {
    const { language, scale } = this.record;
    this.record = { language, scale };
    this.write();
  }

  clear() {
    this.record = {};
    try { sessionStorage.removeItem(this.key); } catch { /* nothing kept */ }
  }

  write() {
    try { sessionStorage.setItem(this.key, JSON.stringify(this.record)); } catch { /* memory has it */ }
  }
}
