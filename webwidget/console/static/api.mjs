// Calls of the console's interface: who is logged in by cookie, every write with the session's token.

import { currentLanguage } from "./texts.mjs";

let csrf = "";
let onLoggedOut = () => {};

export class CallError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function setCsrf(token) {
  csrf = token;
}

export function whenLoggedOut(callback) {
  onLoggedOut = callback;
}

export async function call(method, path, body, { timeout = 15000 } = {}) {
  const headers = { "Accept-Language": currentLanguage(), "X-CSRF-Token": csrf };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`/api/console/${path}`, {
    method, headers, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(timeout),
  });
  if (answer.status === 204) return null;
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = data.error ?? {};
    if (answer.status === 401 && error.code === "not_logged_in") onLoggedOut();
    throw new CallError(answer.status, error.code ?? "unavailable", error.message ?? "");
  }
  return data;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
