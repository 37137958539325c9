// Sound and title when something new comes; both can be muted. The sound is made here, no file is fetched.

import { t } from "./texts.mjs";

const KEY = "verkkoapu-console-muted";
let context = null;
let unread = 0;

export function muted() {
  return localStorage.getItem(KEY) === "1";
}

export function setMuted(value) {
  localStorage.setItem(KEY, value ? "1" : "0");
  showTitle();
}

export function setUnread(count) {
  unread = count;
  showTitle();
}

export function sound(kind = "message") {
  if (muted()) return;
  try {
    context ??= new AudioContext();
    const notes = kind === "alarm" ? [880, 660, 880] : kind === "queue" ? [520] : [660, 780];
    notes.forEach((frequency, number) => {
      const tone = context.createOscillator();
      const level = context.createGain();
      const at = context.currentTime + number * 0.18;
      tone.frequency.value = frequency;
      level.gain.setValueAtTime(0.12, at);
      level.gain.exponentialRampToValueAtTime(0.001, at + 0.16);
      tone.connect(level).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.17);
    });
  } catch {
    // A browser without sound still shows marks and titles.
  }
}

function showTitle() {
  document.title = unread && !muted() ? t("console.title_unread", { count: unread }) : t("console.title");
}
