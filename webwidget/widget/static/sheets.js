/* What opens over the conversation: menu, language, call-back, feedback, data, erasing. One at a time; the focus
   goes in and comes back to where it was. */
import { newId } from "./outbox.js";
import { button, h, icon, link } from "./ui.js";

const SHEETS = { menu, language, callback, feedback, data, erase };

export function openSheet(panel, name, options, focused) {
  const opener = panel.openSheet ? panel.openSheet.opener : focused;
  panel.openSheet?.close();
  const heading = h("h3", { id: "sheet-title", tabindex: "-1" });
  const body = h("div", { class: "sheet-body" });
  const node = h("div", { class: "sheet", role: "region", "aria-labelledby": "sheet-title" },
    button({ class: "choice back", onclick: () => sheet.back() }, icon("back"), panel.texts.get("widget.back")), heading, body);
  const sheet = {
    panel, node, body, options, opener,
    close() {
      node.remove();
      panel.main.hidden = false;
      panel.openSheet = null;
      panel.toEnd();
    },
    back() {
      this.close();
      (opener?.isConnected && opener.checkVisibility?.() !== false ? opener : panel.composer.input).focus();
    },
    done(text) {
      this.close();
      if (text) panel.notice(text);
      panel.composer.input.focus();
    },
  };
  heading.textContent = SHEETS[name](sheet, panel.texts, body) || "";
  panel.openSheet = sheet;
  panel.main.hidden = true;
  panel.node.append(node);
  heading.focus();
}

function menu({ panel }, t, body) {
  const go = (name) => () => panel.sheet(name);
  const size = h("output", { "aria-live": "polite" }, `${t.number.format(panel.scale * 100)} %`);
  const resize = (step) => () => {
    const at = panel.scales.indexOf(panel.scale) + step;
    if (panel.scales[at]) panel.setScale(panel.scales[at]);
    size.textContent = `${t.number.format(panel.scale * 100)} %`;
  };
  const items = [
    ["widget.language", go("language")], ["widget.callback", go("callback")], ["widget.transcript", () => save(panel)],
    ["widget.feedback", go("feedback")], ["widget.data", go("data")], ["widget.erase", go("erase")],
  ];
  body.append(
    h("div", { class: "sizes", role: "group", "aria-label": t.get("widget.text_size") }, h("span", {}, t.get("widget.text_size")),
      button({ class: "choice", "aria-label": t.get("widget.text_smaller"), onclick: resize(-1) }, "A−"), size,
      button({ class: "choice", "aria-label": t.get("widget.text_bigger"), onclick: resize(1) }, "A+")),
    h("ul", { class: "items" },
      h("li", {}, button({ class: "item", onclick: () => { panel.openSheet.close(); panel.composer.input.focus(); panel.choose({ value: "handover", label: t.get("widget.handover") }); } },
        t.get("widget.handover"))),
      ...items.map(([key, act]) => h("li", {}, button({ class: "item", onclick: act }, t.get(key)))),
      h("li", {}, link(`${panel.base}${t.data.language}/`, t.get("widget.help_pages"), t.get("widget.new_tab"), { class: "item" }))),
    h("p", { class: "note" }, t.get("widget.exit_hint")));
  return t.get("widget.menu");
}

async function save(panel) {
  try {
    const blob = await panel.api.transcript();
    const anchor = h("a", { href: URL.createObjectURL(blob), download: "verkkoapu.txt" });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  } catch {
    panel.openSheet?.close();
    panel.notice(panel.texts.get("widget.transcript_failed"));
  }
}

function language(sheet, t, body) {
  body.append(h("ul", { class: "items" }, ...t.data.languages.map((one) => h("li", {},
    button({ class: "item", lang: one.id, dir: one.dir, "aria-current": one.id === t.data.language ? "true" : null,
      onclick: async () => {
        sheet.close();
        if (one.id !== t.data.language) await sheet.panel.setLanguage(one.id);
        sheet.panel.composer.input.focus();
      } }, one.name, one.id === t.data.language && icon("check"))))));
  return t.get("widget.language");
}

/** A field with its label, hint and error tied together. */
function field(id, label, input, hint) {
  input.id = id;
  const error = h("p", { id: `${id}-error`, class: "error" });
  input.setAttribute("aria-describedby", [`${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" "));
  const node = h("div", { class: "field" }, h("label", { for: id }, label), hint && h("p", { id: `${id}-hint`, class: "hint" }, hint), input, error);
  const fail = (text) => {
    error.textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return text ? input : null;
  };
  return { node, input, fail };
}

function choicesField(name, legend, options, chosen) {
  const error = h("p", { class: "error", id: `${name}-error` });
  const node = h("fieldset", { class: "field", "aria-describedby": `${name}-error` }, h("legend", {}, legend),
    ...options.map(({ value, label }) => h("label", { class: "option" },
      h("input", { type: "radio", name, value, checked: value === chosen }), h("span", {}, label))), error);
  return {
    node,
    get value() { return node.querySelector("input:checked")?.value; },
    fail: (text) => { error.textContent = text; return text ? node.querySelector("input") : null; },
  };
}

function submitting(form, run, failed) {
  const problem = h("p", { class: "error", role: "alert" });
  form.append(problem);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    problem.textContent = "";
    try { await run(); } catch (error) { problem.textContent = failed(error); } finally { delete form.dataset.busy; }
  });
}

function callback(sheet, t, body) {
  const { panel, options } = sheet;
  const phone = field("phone", t.get("widget.callback_phone"), h("input", { type: "tel", autocomplete: "tel", inputmode: "tel" }), t.get("widget.callback_phone_hint"));
  const when = choicesField("when", t.get("widget.callback_when"), t.data.when, options.when);
  const consent = field("consent", t.get("widget.callback_consent"), h("input", { type: "checkbox" }));
  consent.node.classList.add("check");
  /* One id for one filled form: sending it twice makes one request. */
  const client_id = newId();
  const form = h("form", { novalidate: true }, h("p", {}, t.get("widget.callback_intro")), phone.node, when.node, consent.node,
    h("button", { type: "submit", class: "send" }, t.get("widget.callback_send")));
  submitting(form, async () => {
    const digits = phone.input.value.replace(/\D/g, "");
    const wrong = [
      phone.fail(digits.length < 5 || digits.length > 15 ? t.get("widget.callback_error_phone") : ""),
      when.fail(when.value ? "" : t.get("widget.callback_error_when")),
      consent.fail(consent.input.checked ? "" : t.get("widget.callback_error_consent")),
    ].filter(Boolean);
    if (wrong.length) return wrong[0].focus();
    const seen = panel.messages.size;
    try {
      await panel.ensureOpen();
      await panel.api.callback({ client_id, phone: phone.input.value, topic: options.topic || panel.lastTopic || null, when: when.value, consent: true });
    } catch (error) {
      if (error.body?.error?.field === "phone") return phone.fail(t.get("widget.callback_error_phone")).focus();
      throw error;
    }
    await panel.catchUp().catch(() => {});
    sheet.done(panel.messages.size === seen ? t.get("widget.callback_done") : "");
  }, () => t.get("widget.callback_failed"));
  body.append(form);
  return t.get("widget.callback");
}

function feedback(sheet, t, body) {
  const { panel } = sheet;
  const helped = choicesField("helped", t.get("widget.feedback_helped"), [{ value: "yes", label: t.get("widget.yes") }, { value: "no", label: t.get("widget.no") }]);
  const rating = choicesField("rating", t.get("widget.feedback_rating"), [{ value: "", label: t.get("widget.feedback_rating_none") },
    ...[1, 2, 3, 4, 5].map((number) => ({ value: String(number), label: t.get("widget.feedback_rating_value", { number }) }))], "");
  rating.node.classList.add("inline");
  const comment = field("comment", t.get("widget.feedback_comment"), h("textarea", { rows: "3", maxlength: "2000" }));
  const form = h("form", { novalidate: true }, helped.node, rating.node, comment.node, h("button", { type: "submit", class: "send" }, t.get("widget.feedback_send")));
  submitting(form, async () => {
    const wrong = helped.fail(helped.value ? "" : t.get("widget.feedback_error"));
    if (wrong) return wrong.focus();
    await panel.ensureOpen();
    await panel.api.feedback({ helped: helped.value === "yes", rating: rating.value ? Number(rating.value) : null, comment: comment.input.value.trim() || null });
    sheet.done(t.get("widget.feedback_thanks"));
  }, () => t.get("widget.feedback_failed"));
  body.append(form);
  return t.get("widget.feedback");
}

function data({ panel }, t, body) {
  const { privacy, language: id } = t.data;
  if (privacy) body.append(h("p", { lang: privacy.lang, dir: t.direction(privacy.lang) }, privacy.text));
  body.append(h("p", {}, link(`${panel.base}${id}/privacy`, t.get("widget.data_page"), t.get("widget.new_tab"))),
    h("ul", { class: "items" }, h("li", {}, button({ class: "item", onclick: () => panel.sheet("erase") }, t.get("widget.erase")))));
  return t.get("widget.data");
}

function erase(sheet, t, body) {
  const problem = h("p", { class: "error", role: "alert" });
  body.append(h("p", {}, t.get("widget.erase_question")), problem, h("div", { class: "row" },
    button({ class: "choice danger", onclick: async () => {
      try {
        await sheet.panel.erase();
        sheet.done();
      } catch { problem.textContent = t.get("widget.erase_failed"); }
    } }, t.get("widget.erase_yes")),
    button({ class: "choice", onclick: () => sheet.back() }, t.get("widget.cancel"))));
  return t.get("widget.erase");
}
