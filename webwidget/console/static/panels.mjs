// Dialogs: ready answers, contacts, notes, passing on, closing, call-backs, the audit log.

import { get, post } from "./api.mjs";
import { announce, el, openDialog } from "./dom.mjs";
import { areaName } from "./conversation.mjs";
import { currentLanguage, dayAndTime, has, languageName, t } from "./texts.mjs";

// A search field with results below; the newest answer wins.
function searchBox(label, find, show) {
  const list = el("ul", { class: "list" });
  const found = el("p", { role: "status", class: "small" });
  const input = el("input", { type: "search", id: `search-${crypto.randomUUID()}` });
  let asked = 0;
  const look = async () => {
    const number = ++asked;
    const results = await find(input.value.trim()).catch(() => []);
    if (number !== asked) return;
    found.textContent = t("console.found", { count: results.length });
    list.replaceChildren(...results.map(show));
  };
  let timer;
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 250); });
  look();
  return { input, content: [el("form", { role: "search", onsubmit: (event) => { event.preventDefault(); look(); } }, el("label", { for: input.id }, label), input), found, list] };
}

export function readyAnswers(language, topic, insert) {
  const box = searchBox(t("console.ready_search", { language: languageName(language) }), async (query) => {
    const asked = query ? `q=${encodeURIComponent(query)}` : `topic=${encodeURIComponent(topic ?? "")}`;
    return (await get(`ready-answers?${asked}&lang=${language}`)).answers;
  }, (answer) => el("li", {}, el("h3", { lang: answer.language }, answer.title), ...answer.pieces.map((piece) => el("details", {},
    el("summary", { lang: answer.language }, piece.title), el("pre", { lang: answer.language }, piece.text),
    insert ? el("button", { type: "button", onclick: () => { dialog.close(); insert(piece.text); } }, t("console.insert")) : null))));
  const dialog = openDialog(t("console.ready_answers"), ...box.content, closer(() => dialog.close()));
  box.input.focus();
}

export function contactsDialog(view) {
  const language = view.card.language;
  const box = searchBox(t("console.contact_search"), async (query) => (await get(`contacts?q=${encodeURIComponent(query)}&lang=${language}`)).contacts,
    (contact) => el("li", {}, el("p", { lang: language }, contact.text),
      el("button", { type: "button", onclick: () => { dialog.close(); view.insert(contact.text); } }, t("console.insert"))));
  const dialog = openDialog(t("console.contacts"), ...box.content, closer(() => dialog.close()));
  box.input.focus();
}

function closer(close) {
  return el("p", { class: "row" }, el("button", { type: "button", onclick: close }, t("console.cancel")));
}

// A form in a dialog; it closes when what it does worked, and says the reason when not.
function formDialog(title, fields, submitText, act) {
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const form = el("form", {}, ...fields, problem, el("div", { class: "row" }, el("button", { type: "submit" }, submitText),
    el("button", { type: "button", onclick: () => dialog.close() }, t("console.cancel"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await act();
      dialog.close();
    } catch (error) {
      problem.textContent = error.message || t("console.not_done");
      problem.hidden = false;
    }
  });
  const dialog = openDialog(title, form);
  return dialog;
}

function labelled(text, field) {
  field.id ||= `field-${crypto.randomUUID()}`;
  return el("div", {}, el("label", { for: field.id }, text), el("br"), field);
}

function options(items) {
  return items.map(([value, text]) => el("option", { value }, text));
}

export function noteDialog(view) {
  const text = el("textarea", { rows: "4", required: true, maxlength: "2000" });
  formDialog(t("console.note"), [el("p", {}, t("console.note_help")), labelled(t("console.note_text"), text)], t("console.save"),
    () => post(`conversations/${view.id}/notes`, { text: text.value }));
  text.focus();
}

export function transferDialog(view, choices, team) {
  const people = team.filter((person) => person.status === "available" && !person.me);
  const to = el("select", { required: true }, ...options(people.map((person) => [person.id, t("console.transfer_person",
    { name: person.name, languages: person.languages.map(languageName).join(", "), holding: person.holding, capacity: person.capacity })])),
  ...options(choices.languages.map((language) => [`queue:${language.id}:`, t("console.transfer_queue", { language: languageName(language.id) })])));
  const area = el("select", {}, el("option", { value: "" }, t("console.any_area")), ...options(choices.areas.map((name) => [name, areaName(name)])));
  const note = el("textarea", { rows: "3", maxlength: "2000" });
  formDialog(t("console.transfer"), [labelled(t("console.transfer_to"), to), labelled(t("console.transfer_area"), area), labelled(t("console.transfer_note"), note)],
    t("console.transfer"), () => post(`conversations/${view.id}/transfer`, { to: to.value.startsWith("queue:") ? to.value + area.value : to.value, note: note.value }));
  to.focus();
}

export function closeDialog(view, choices) {
  const reason = el("select", { required: true }, ...options(choices.close_reasons.map((name) => [name, has(`console.reason.${name}`) ? t(`console.reason.${name}`) : name])));
  const topic = el("select", {}, el("option", { value: "" }, t("console.no_topic")), ...options(choices.topics.map((item) => [item.id, item.title])));
  topic.value = view.card.topic ?? "";
  formDialog(t("console.close"), [el("p", {}, t("console.close_help")), labelled(t("console.close_reason"), reason), labelled(t("console.close_topic"), topic)],
    t("console.close"), () => post(`conversations/${view.id}/close`, { reason: reason.value, topic: topic.value || null }));
  reason.focus();
}

export async function callbacksDialog() {
  const list = el("ul", { class: "list" });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const settle = async (callback, how) => {
    try {
      await post(`callbacks/${callback.id}/${how}`);
      announce(t(`console.callback_${how.replace("-", "_")}_said`));
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
    await draw();
    dialog.focus();
  };
  const draw = async () => {
    const { callbacks } = await get(`callbacks?lang=${currentLanguage()}`);
    list.replaceChildren(...callbacks.map((callback) => el("li", {},
      el("p", {}, el("a", { href: `tel:${callback.phone}` }, callback.phone_text), ` · ${languageName(callback.language)} · ${callback.topic_title ?? t("console.no_topic")}`),
      el("p", { class: callback.overdue ? "overdue" : undefined }, t(callback.overdue ? "console.callback_overdue" : "console.callback_due", { due: dayAndTime(callback.due) }),
        callback.attempts ? ` ${t("console.callback_attempts", { count: callback.attempts })}` : ""),
      el("div", { class: "row" }, el("button", { type: "button", onclick: () => settle(callback, "done") }, t("console.callback_done")),
        el("button", { type: "button", onclick: () => settle(callback, "not-reached") }, t("console.callback_not_reached"))))));
    if (!callbacks.length) list.replaceChildren(el("li", {}, t("console.callbacks_none")));
  };
  const dialog = openDialog(t("console.callbacks"), problem, list, closer(() => dialog.close()));
  await draw();
}

export async function auditDialog() {
  const { entries } = await get("audit");
  const head = ["at", "who", "what", "conversation", "detail"];
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...head.map((name) => el("th", { scope: "col" }, t(`console.audit_${name}`))))),
    el("tbody", {}, ...entries.map((entry) => el("tr", {}, ...head.map((name) => el("td", {}, name === "at" ? dayAndTime(entry.at) : entry[name]))))));
  const dialog = openDialog(t("console.audit"), table, closer(() => dialog.close()));
}
