/* Verkkoapu: the launcher. Shows a button, holds the emergency numbers itself, fetches the panel when it is asked for.
   <script src="https://HOST/widget.js" data-language="fi" data-theme="auto" data-exit="https://…" defer></script> */
(() => {
  "use strict";
  const config = "@config@";
  const script = document.currentScript;
  const once = Symbol.for("verkkoapu");
  if (!script || window[once]) return;
  window[once] = true;
  const base = new URL(".", script.src).href;
  const KEY = "verkkoapu";
  const SLOW = 700, LIMIT = 12000;

  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(KEY)) || {}; } catch { return {}; }
  };
  const offered = (tag) => {
    const wanted = (tag || "").toLowerCase();
    return [wanted, wanted.split("-")[0]].find((one) => Object.hasOwn(config.languages, one));
  };
  const language = () => offered(kept().language) || offered(script.dataset.language) ||
    offered(document.documentElement.lang) || Object.keys(config.languages)[0];

  const host = document.createElement("verkko-apu");
  const root = host.attachShadow({ mode: "open" });
  const css = `
    :host{all:initial!important;position:fixed!important;inset:0!important;pointer-events:none!important;z-index:2147483647!important;display:block!important;
      font:400 medium/1.5 var(--verkkoapu-font,system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif)!important;background:none!important;
      overflow:visible!important;color-scheme:light dark!important;visibility:visible!important}
    :host([data-theme=light]){color-scheme:light!important}
    :host([data-theme=dark]){color-scheme:dark!important}
    @media print{:host{display:none!important}}
    *{box-sizing:border-box}
    .launch,.numbers{position:absolute;inset-block-end:0;inset-inline-end:0;pointer-events:auto}
    .launch,.numbers button{font:inherit;font-weight:600;color:#fff;background:#0d4a75;border:2px solid #fff;border-radius:2em;min-height:3.25em;
      padding:.5em 1.25em;cursor:pointer;display:flex;align-items:center;gap:.6em;box-shadow:0 2px 10px #0006}
    .launch{margin:1em;max-width:calc(100vw - 2em)}
    .launch:hover,.numbers button:hover{background:#08314f}
    .launch:focus-visible,.numbers :focus-visible{outline:3px solid #0d4a75;outline-offset:2px;box-shadow:0 0 0 2px #fff,0 0 0 8px #fff}
    svg{width:1.5em;height:1.5em;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    [hidden]{display:none!important}
    .numbers{margin:1em;padding:1.25em;width:22em;max-width:calc(100vw - 2em);max-height:calc(100vh - 2em);overflow:auto;background:#fff;
      color:#14202b;border:2px solid #0d4a75;border-radius:.75em;box-shadow:0 4px 24px #0006}
    .numbers h2,.numbers p{margin:0 0 .75em;font-size:1.1em;line-height:1.4}
    .numbers p{font-size:1em}
    .numbers ul{list-style:none;margin:0 0 1em;padding:0}
    .numbers a{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1em;min-height:2.75em;padding:.5em 0;align-items:center;
      color:#0d4a75;border-block-end:1px solid #c5ced6}
    .numbers b{font-size:1.15em}
    .row{display:flex;flex-wrap:wrap;gap:.5em}
    .numbers .row button{min-height:2.75em;box-shadow:none}
    @media (forced-colors:active){.launch,.numbers button{forced-color-adjust:auto;border-color:ButtonText}}`;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(make("style", {}, css));
  }

  function make(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function icon(...paths) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    for (const d of paths) {
      const path = document.createElementNS(space, "path");
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  }

  const label = make("span", {});
  const count = make("b", { hidden: "" });
  const launch = make("button", { type: "button", class: "launch", "aria-haspopup": "dialog", onclick: () => open(true) },
    icon("M4 5h16v11h-9l-5 4v-4H4z", "M8 9h8M8 12h5"), label, count);
  const stage = make("div", {});
  const frame = make("section", {}, launch, stage);
  root.append(frame);

  let panel = null, opening = null, numbers = null, wanted = false;

  function speak() {
    const id = language(), words = config.languages[id];
    host.lang = id;
    host.dir = words[0];
    if (script.dataset.theme) host.dataset.theme = script.dataset.theme;
    frame.setAttribute("aria-label", words[1]);
    label.textContent = words[2];
    return words;
  }

  /* What a person needs when nothing else loads; nothing here asks the network. */
  function showNumbers(loading) {
    const [, name, , sorry, again, close, wait, names] = speak();
    const focused = numbers && numbers.contains(root.activeElement);
    numbers?.remove();
    numbers = make("div", { class: "numbers", role: "dialog", "aria-labelledby": "n" }, make("h2", { id: "n", tabindex: "-1" }, name),
      make("p", { role: "status" }, loading ? wait : sorry), make("ul", {}, ...config.phones.map(([tel, text], at) =>
        make("li", {}, make("a", { href: `tel:${tel}` }, make("span", {}, names[at]), make("b", { dir: "ltr" }, text))))),
      make("div", { class: "row" }, ...(loading ? [] : [make("button", { type: "button", onclick: () => open(true) }, again)]),
        make("button", { type: "button", onclick: shut }, close)));
    numbers.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
    stage.append(numbers);
    launch.hidden = true;
    if (focused || !loading) numbers.querySelector("h2").focus();
  }

  function shut() {
    wanted = false;
    numbers?.remove();
    numbers = null;
    launch.hidden = false;
    launch.focus();
  }

  /* Modules that failed to load are asked for again under another address: some browsers remember a failure. */
  let tries = 0;
  function load() {
    const late = new Promise((_, no) => setTimeout(() => no(new Error("Verkkoapu: the panel did not load in time")), LIMIT));
    const query = tries++ ? `?try=${tries}` : "";
    return Promise.race([import(`${base}widget/${config.version}/panel.js${query}`).then(({ start }) => start({
      host, stage, base, version: config.version, language: language(), storageKey: KEY, phones: config.phones,
      exitUrl: script.dataset.exit || "", onClose: closed, onUnread: unread, onLanguage: speak })), late]);
  }

  async function open(byPerson) {
    if (panel) return launch.hidden = true, panel.show(byPerson);
    wanted = true;
    if (opening) return opening;
    const slow = byPerson && setTimeout(() => showNumbers(true), SLOW);
    opening = load();
    try {
      panel = await opening;
      numbers?.remove();
      numbers = null;
      launch.hidden = wanted;
      if (wanted) panel.show(byPerson);
    } catch (error) {
      console.error(error);
      if (byPerson) showNumbers(false);
    } finally {
      clearTimeout(slow);
      opening = null;
    }
  }

  function closed() {
    launch.hidden = false;
    launch.focus();
  }

  function unread(number, text) {
    count.hidden = !number;
    count.textContent = number ? text : "";
  }

  function place() {
    document.body.append(host);
    /* The top layer stands above every z-index of the host page. */
    if (host.showPopover) {
      host.popover = "manual";
      try { host.showPopover(); } catch { /* a page may forbid it; z-index remains */ }
    }
    speak();
    if (kept().open) open(false);
  }

  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
})();
