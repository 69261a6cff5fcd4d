/** Speaks HTTP to our own server: one request function, one error. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly detail: Record<string, unknown> = {},
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

export type Query = Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;

export interface Ask {
  method?: string;
  query?: Query;
  json?: unknown;
  body?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let signedOut: () => void = () => undefined;

/** Call `then` whenever the server says that nobody is signed in any more. */
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

export function address(path: string, query: Query = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) words.append(name, String(one));
  }
  const tail = words.toString();
  return `/api${path}${tail ? `?${tail}` : ''}`;
}

export async function ask<T>(path: string, { method = 'GET', query, json, body, headers, signal }: Ask = {}): Promise<T> {
  const sent: RequestInit = { method, credentials: 'same-origin', headers: { Accept: 'application/json', ...headers } };
  if (signal) sent.signal = signal;
  if (method !== 'GET') sent.headers = { ...sent.headers, 'X-Albumen': '1' };
  if (json !== undefined) {
    sent.body = JSON.stringify(json);
    sent.headers = { ...sent.headers, 'Content-Type': 'application/json' };
  } else if (body) {
    sent.body = body;
    sent.headers = { ...sent.headers, 'Content-Type': 'application/octet-stream' };
  }
  const answer = await reach(address(path, query), sent);
  if (!answer.ok) throw await refusal(answer);
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

async function reach(url: string, sent: RequestInit): Promise<Response> {
  try {
    return await fetch(url, sent);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'offline', '');
  }
}

async function refusal(answer: Response): Promise<ApiError> {
  const said: unknown = await answer.json().catch(() => null);
  const error = (said as { error?: { kind?: string; message?: string; detail?: Record<string, unknown> } } | null)?.error;
  const kind = error?.kind ?? 'internal';
  if (kind === 'not_signed_in') signedOut();
  const wait = Number(answer.headers.get('Retry-After')) || 0;
  return new ApiError(answer.status, kind, error?.message ?? `HTTP ${answer.status}`, error?.detail ?? {}, wait);
}
