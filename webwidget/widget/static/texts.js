/* Interface texts in one language, with named values, plural forms and dates of its locale. */

export class Texts {
  constructor(data) {
    this.data = data;
    this.plural = make(() => new Intl.PluralRules(data.locale), { select: (number) => (number === 1 ? "one" : "other") });
    this.clock = make(() => new Intl.DateTimeFormat(data.locale, { hour: "numeric", minute: "2-digit", timeZone: "Europe/Helsinki" }), null);
    this.day = make(() => new Intl.DateTimeFormat(data.locale, { dateStyle: "medium", timeZone: "Europe/Helsinki" }), null);
    this.number = make(() => new Intl.NumberFormat(data.locale), { format: String });
    this.names = make(() => new Intl.DisplayNames([data.locale], { type: "language" }), { of: (id) => id });
  }

  static async load(base, language, signal) {
    const answer = await fetch(`${base}widget/texts/${language}.json`, { credentials: "omit", signal });
    if (!answer.ok) throw new Error(`Verkkoapu: no texts in ${language}`);
    return new Texts(await answer.json());
  }

  /** The text of a key. A number in `values.count` chooses the plural form. */
  get(key, values = {}) {
    let text = this.data.texts[key];
    if (text === undefined) return "";
    if (typeof text === "object") text = text[this.plural.select(values.count)] ?? text.other;
    return text.replace(/%\((\w+)\)s/g, (whole, name) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? this.number.format(value) : value;
    }).replace(/%%/g, "%");
  }

  time(at) {
    const moment = new Date(at);
    return this.clock && !isNaN(moment) ? this.clock.format(moment) : "";
  }

  date(text) {
    const moment = new Date(text);
    return this.day && !isNaN(moment) ? this.day.format(moment) : text;
  }

  /** Languages by their names in this language: "suomi, ruotsi". */
  languageNames(ids) {
    return ids.map((id) => {
      try { return this.names.of(id); } catch { return id; }
    }).join(", ");
  }

  direction(id) {
    return this.data.languages.find((one) => one.id === id)?.dir || (/^(ar|fa|he|ur|ckb|ps)\b/.test(id || "") ? "rtl" : "ltr");
  }
}

/* An old browser, or a language it does not know, must not take the panel down. */
function make(build, otherwise) {
  try { return build(); } catch { return otherwise; }
}
