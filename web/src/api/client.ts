import createClient, { type Middleware } from "openapi-fetch";
import { ApiError, toApiError } from "./errors";
import type { paths } from "./schema";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The token that the server set beside the session cookie; sent back in a header so that other sites can't write. */
export function csrfToken(cookies: string = document.cookie): string {
  for (const part of cookies.split(";")) {
    const [name, ...value] = part.trim().split("=");
    if (name === "tg_csrf") return decodeURIComponent(value.join("="));
  }
  return "";
}

/** Headers for requests made without the typed client (uploads with progress, the editor's transport). */
export function csrfHeaders(): Record<string, string> {
  const token = csrfToken();
  return token ? { "X-CSRF-Token": token } : {};
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) {
      const token = csrfToken();
      if (token) request.headers.set("X-CSRF-Token", token);
    }
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return undefined;
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    throw toApiError(response.status, body, response.headers.get("x-request-id") ?? "");
  },
  onError({ error }) {
    return error instanceof ApiError ? error : toApiError(0, null);
  },
};

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(middleware);

/**
 * The data of a typed call; anything but success was thrown as ApiError by the middleware.
 * @example const me = await ok(api.GET("/api/v1/me"));
 */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined && error !== "") throw toApiError(response.status, error);
  return data as T;
}
