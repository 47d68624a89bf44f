/** The admin API lies beside the console, so that both work behind a proxy that adds a prefix. */
const BASE = new URL('../admin/', document.baseURI);
const TOKEN_KEY = 'llumnix-console-token';

/** An answer of the admin API that is an error. */
export class ApiError extends Error {
  /**
   * @param {number} status The HTTP status.
   * @param {string} message What the server says.
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The token that requests carry, kept for this tab only; empty without one. */
export function token() {
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

/** Sets the token that requests carry. */
export function setToken(value) {
  sessionStorage.setItem(TOKEN_KEY, value);
}

/**
 * Sends a GET request to the admin API.
 * @param {string} path Path below /admin/, with its query.
 * @param {AbortSignal} [signal] Ends it.
 * @returns {Promise<Response>} An answer that is no error.
 * @throws {ApiError} The server answers with an error.
 */
export function get(path, signal) {
  return request(path, { signal });
}

/** Reads JSON from the admin API; the parameters and errors are those of `get`, with a limit of 10 s. */
export async function getJson(path, signal) {
  const response = await get(path, limited(signal));
  return response.json();
}

/**
 * Sends what changes something, and reads the JSON of the answer, with a limit of 10 s; the errors are those of `get`.
 * @param {'POST'|'DELETE'} method The method.
 * @param {string} path Path below /admin/, with its query.
 * @param {unknown} [body] What is sent, as JSON; undefined for nothing.
 * @param {AbortSignal} [signal] Ends it.
 */
export async function sendJson(method, path, body, signal) {
  const response = await request(path, { method, body: body === undefined ? undefined : JSON.stringify(body), signal: limited(signal) });
  return response.json();
}

async function request(path, { method = 'GET', body, signal }) {
  const headers = { Accept: 'application/json, text/event-stream' };
  if (token()) {
    headers.Authorization = `Bearer ${token()}`;
  }

  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }

  const response = await fetch(new URL(path, BASE), { method, body, headers, signal, cache: 'no-store', credentials: 'omit' });
  if (!response.ok) {
    throw new ApiError(response.status, await errorText(response));
  }

  return response;
}

function limited(signal) {
  const limit = AbortSignal.timeout(10_000);
  return signal ? AbortSignal.any([signal, limit]) : limit;
}

async function errorText(response) {
  const text = await response.text();
  if (response.headers.get('Content-Type')?.includes('json')) {
    try {
      return JSON.parse(text).title ?? text;
    } catch {
      return text;
    }
  }

  return text.trim() || `HTTP ${response.status}`;
}
