/* One message as elements. Everything said by editors, residents and counsellors stays text. */
import { button, h, icon, link } from "./ui.js";

/** Compare two message ids: milliseconds, then a counter. */
export function before(one, other) {
  const [a, b] = [one, other].map((id) => String(id).split("-").map(Number));
  return a[0] - b[0] || (a[1] || 0) - (b[1] || 0);
}

/**
 * A message of the record. `ctx` has texts, base, choose(choice, message, button), openForm(form), exit(), chosen(value).
 */
export function renderMessage(message, ctx) {
  const own = message.from === "resident";
  const kind = own ? "own" : message.kind || "text";
  const node = h("div", { class: `msg ${own ? "own" : "other"} from-${message.from} kind-${kind} ${message.level ? `level-${message.level}` : ""}`,
    "data-id": message.id });
  const who = own ? ctx.texts.get("widget.you") : sender(message, ctx);
  node.append(h("p", { class: "who" }, h("span", {}, who), " ", message.at ? h("time", { datetime: message.at }, ctx.texts.time(message.at)) : ""));
  const body = h("div", { class: "body", lang: message.lang || null, dir: ctx.texts.direction(message.lang) });
  node.append(body);
  if (own) body.append(...ownText(message, ctx));
  else if (message.kind === "safety") body.append(...safety(message, ctx));
  else if (message.kind === "answer" && message.parts) body.append(...answer(message, ctx));
  else body.append(...said(message, ctx));
  if (!own) node.append(...choices(message, ctx));
  return node;
}

export function sender(message, ctx) {
  if (message.from === "counsellor") return message.name || ctx.texts.get("widget.counsellor");
  if (message.from === "system") return ctx.texts.get("widget.system");
  return ctx.texts.data.name;
}

/** What a screen reader hears when the message arrives: the sender, the words, how many contacts stand below. */
export function spoken(message, ctx) {
  const parts = message.parts;
  const words = parts?.summary ? [parts.notice, parts.title, parts.summary, parts.question] : [message.text];
  const cards = message.contacts?.length ? ctx.texts.get("widget.contacts_count", { count: message.contacts.length }) : "";
  const call = message.kind === "safety" && message.contacts?.[0] ? `${message.contacts[0].name}: ${message.contacts[0].phone_text || ""}` : cards;
  return [`${sender(message, ctx)}: `, ...words, call].filter(Boolean).join(" ");
}

function ownText(message, ctx) {
  const kinds = message.masked || [];
  const name = (kind) => ctx.texts.get(`widget.mask_${kind}`) || kind;
  const text = kinds.reduce((said, kind) => said.replaceAll(`[${kind}]`, `[${name(kind)}]`), message.text || "");
  const nodes = paragraphs(text);
  if (kinds.length) {
    nodes.push(h("p", { class: "note", lang: ctx.texts.data.language },
      ctx.texts.get("widget.masked", { kinds: kinds.map(name).join(", ") })));
  }
  return nodes;
}

function said(message, ctx) {
  const text = message.contacts?.length ? message.parts?.summary || message.text.split("\n")[0] : message.parts?.summary || message.text;
  return [...paragraphs(text, message.contacts), ...cards(message, ctx), ...links(message, ctx)];
}

function answer(message, ctx) {
  const { title, summary, sections = [], notice, audience, page, question } = message.parts;
  const [first, ...rest] = sections;
  return [
    notice && h("p", { class: "note", lang: ctx.texts.data.language, dir: ctx.texts.direction(ctx.texts.data.language) }, notice),
    title && h("h3", {}, title),
    ...paragraphs(summary, message.contacts),
    ...(first ? [first.heading && h("h4", {}, first.heading), ...section(first, message.contacts)] : []),
    ...cards(message, ctx),
    ...rest.map((one) => h("details", {}, h("summary", {}, one.heading || title), ...section(one, message.contacts))),
    audience && h("p", { class: "note" }, audience),
    ...links(message, ctx, page && new URL(page.replace(/^\//, ""), ctx.base).href),
    question && h("p", { class: "question" }, question),
  ].filter(Boolean);
}

function safety(message, ctx) {
  const alarm = message.level !== "hint";
  const text = paragraphs(message.parts?.summary || message.text, message.contacts);
  /* A hint is a line with a number in it; only one without gets a card. */
  const shown = alarm ? message : { ...message, contacts: text.some((line) => line.querySelector("a")) ? [] : message.contacts.slice(0, 1) };
  return [
    h("h3", {}, icon("warning"), ctx.texts.get(alarm ? "widget.safety_alarm" : "widget.safety_hint")),
    ...text,
    ...cards(shown, ctx, { brief: !alarm, call: alarm }),
    message.quick_exit && button({ class: "exit", onclick: () => ctx.exit() }, icon("exit"), ctx.texts.get("widget.exit")),
  ].filter(Boolean);
}

function section(one, contacts) {
  const nodes = one.paragraphs.flatMap((text) => paragraphs(text, contacts));
  if (one.items.length) {
    nodes.push(h(one.ordered ? "ol" : "ul", {}, ...one.items.map((item) => h("li", {}, ...withCalls(item, contacts)))));
  }
  return nodes;
}

function paragraphs(text, contacts) {
  return String(text || "").split(/\n+/).filter(Boolean).map((line) => h("p", {}, ...withCalls(line, contacts)));
}

/* A number that stands in the text and on a card below can be called from both. */
function withCalls(text, contacts = []) {
  const known = new Map([["112", "112"], ["116117", "116117"], ["116 117", "116117"]]);
  for (const card of contacts) if (card.phone && card.phone_text) known.set(card.phone_text, card.phone);
  const numbers = [...known.keys()].sort((a, b) => b.length - a.length).map((one) => one.replace(/[+()]/g, "\\$&"));
  return text.split(new RegExp(`(?<![\\d+])(${numbers.join("|")})(?!\\d)`)).map((piece) =>
    known.has(piece) ? h("a", { href: `tel:${known.get(piece)}`, class: "tel" }, h("bdi", { dir: "ltr" }, piece)) : piece);
}

function cards(message, ctx, options = {}) {
  if (!message.contacts?.length) return [];
  return [h("ul", { class: "cards", lang: ctx.texts.data.language, dir: ctx.texts.direction(ctx.texts.data.language) },
    ...message.contacts.map((card, at) => h("li", {}, contactCard(card, ctx, { ...options, urgent: options.call && at === 0 }))))];
}

/** One contact point: name, call, open now or when, charge, languages, place. */
export function contactCard(card, ctx, { brief = false, urgent = false } = {}) {
  const t = ctx.texts;
  const line = (key, values) => h("p", {}, t.get(key, values));
  return h("div", { class: `card ${urgent ? "urgent" : ""}` },
    h("p", { class: "name" }, card.name),
    card.phone && h("a", { class: "call", href: `tel:${card.phone}` }, icon("phone"), h("span", {}, callText(t, card))),
    card.status_text && h("p", { class: `status ${card.open_now ? "open" : "closed"}` }, card.status_text),
    !brief && card.hours_text && !(card.open_now && !card.closes_at) && line("widget.hours", { hours: card.hours_text }),
    !brief && card.hours_note && h("p", {}, card.hours_note),
    !brief && card.for && h("p", {}, card.for),
    !brief && card.charge && line("widget.charge", { charge: card.charge }),
    !brief && card.languages?.length > 0 && line("widget.serves", { languages: t.languageNames(card.languages) }),
    !brief && card.address && h("p", {}, link(`https://www.openstreetmap.org/search?query=${encodeURIComponent(card.address)}`,
      t.get("widget.map", { address: card.address }), t.get("widget.new_tab"))),
    !brief && card.url && h("p", {}, link(card.url, t.get("widget.web", { name: card.name }), t.get("widget.new_tab"))),
    !brief && card.checked_on && h("p", { class: "note" }, [t.get("widget.checked", { date: t.date(card.checked_on) }), card.attribution]
      .filter(Boolean).join(" · ")));
}

/* The number keeps its order inside a text of the other direction. */
function callText(texts, card) {
  const [start, end = ""] = texts.get("widget.call", { number: "\u0000" }).split("\u0000");
  return h("span", {}, start, h("bdi", { dir: "ltr" }, card.phone_text || card.phone), end);
}

function links(message, ctx, page) {
  const hint = ctx.texts.get("widget.new_tab");
  const found = (message.links || []).map((one) => h("li", {}, link(one.url.startsWith("/") ? ctx.base + one.url.slice(1) : one.url, one.label, hint)));
  if (page) found.push(h("li", { lang: ctx.texts.data.language }, link(page, ctx.texts.get("widget.open_page"), hint)));
  return found.length ? [h("ul", { class: "links", "aria-label": ctx.texts.get("widget.links") }, ...found)] : [];
}

/* Buttons stay what they are after one was chosen: they can be read, and another can be tried. */
function choices(message, ctx) {
  const list = message.choices || [];
  if (!list.length && !message.form) return [];
  const nodes = list.map((choice) => {
    const node = button({ class: "choice", "data-value": choice.value, onclick: () => ctx.choose(choice, message, node) }, choice.label);
    const language = /^language:(\w+)/.exec(choice.value)?.[1];
    if (language) node.lang = language, node.dir = ctx.texts.direction(language);
    if (ctx.chosen(message.id, choice.value)) markChosen(node, ctx);
    return h("li", {}, node);
  });
  if (message.form?.name === "callback") {
    nodes.unshift(h("li", {}, button({ class: "choice", onclick: () => ctx.openForm(message.form, message) }, ctx.texts.get("widget.callback"))));
  }
  const chips = list.filter((one) => one.value.startsWith("municipality:")).length > 3;
  return [h("ul", { class: `choices ${chips ? "chips" : ""}`, "aria-label": ctx.texts.get("widget.choices"), lang: message.lang || null,
    dir: ctx.texts.direction(message.lang) }, ...nodes)];
}

export function markChosen(node, ctx) {
  if (node.classList.contains("chosen")) return;
  node.classList.add("chosen");
  node.append(icon("check"), h("span", { class: "vh", lang: ctx.texts.data.language }, ` (${ctx.texts.get("widget.chosen")})`));
}
