// The console's texts, from the message catalogues. No sentence stands in a script.

let texts = {};
let language = "fi";

export async function loadTexts(wanted) {
  const answer = await fetch(`/console/texts/${encodeURIComponent(wanted)}.json`, { credentials: "same-origin" });
  texts = await answer.json();
  language = wanted;
  document.documentElement.lang = wanted;
}

export function currentLanguage() {
  return language;
}

// The text of a key with %(name)s filled in; a key without a text shows itself, so that a gap is seen.
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function has(key) {
  return key in texts;
}

// Every element that names its text is filled again, after the language changed.
export function fillTexts(root = document) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  if (root === document) document.title = t("console.title");
}

export function time(iso) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Helsinki" }).format(new Date(iso));
}

export function dayAndTime(iso) {
  return new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Helsinki" }).format(new Date(iso));
}

export function languageName(code) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code);
  } catch {
    return code;
  }
}
