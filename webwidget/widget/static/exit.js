/* Leaving fast: the screen is empty before anything else happens, and this tab forgets the conversation. */

const TIMES = 3, WITHIN = 1500;

export function leave(panel) {
  panel.leaving = true;
  const cover = document.createElement("verkko-apu-cover");
  const shadow = cover.attachShadow({ mode: "closed" });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host{all:initial!important;position:fixed!important;inset:0!important;display:block!important;background:#fff!important;z-index:2147483647!important}");
    shadow.adoptedStyleSheets = [sheet];
  } catch { /* the panel is emptied below all the same */ }
  panel.host.replaceWith(cover);
  if (cover.showPopover) {
    cover.popover = "manual";
    try { cover.showPopover(); } catch { /* z-index remains */ }
  }
  document.title = "\u00a0";
  panel.stream.stop();
  /* What was only between the resident and the bot is erased; a conversation that a person holds is not cut off. */
  if (panel.api.id && !["queued", "live"].includes(panel.state)) panel.api.erase({ keepalive: true }).catch(() => {});
  panel.store.clear();
  const address = panel.exitUrl || panel.texts.get("widget.exit_url");
  location.replace(/^https?:\/\//.test(address) ? address : "about:blank");
}

/** Escape closes; three times in a row leaves. Tab stays in a panel that covers the page. */
export function watchKeys(panel) {
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const inside = event.composedPath().includes(panel.host);
    if (!inside && !presses.length) return;
    presses = [...presses, Date.now()].filter((at) => Date.now() - at < WITHIN);
    if (presses.length >= TIMES) return leave(panel);
    if (!inside || event.defaultPrevented || !panel.shown) return;
    if (panel.openSheet) panel.openSheet.back();
    else panel.close();
  });
  document.addEventListener("keyup", () => { if (presses.length && Date.now() - presses.at(-1) > WITHIN) presses = []; });
  panel.stage.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !panel.shown || !panel.coverage()) return;
    const stops = [...panel.node.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")]
      .filter((node) => !node.disabled && node.checkVisibility?.() !== false && node.offsetParent !== null);
    const active = panel.node.getRootNode().activeElement;
    if (event.shiftKey && (active === stops[0] || active === panel.title)) event.preventDefault(), stops.at(-1).focus();
    else if (!event.shiftKey && active === stops.at(-1)) event.preventDefault(), stops[0].focus();
  });
}
