/** The body of every error the server answers: the page translates by `code`, English `message` is the fallback. */
export interface ErrorBody {
  code: string;
  message: string;
  params: Record<string, unknown>;
  request_id: string;
}

/** A call that the server refused, or that never reached it (`status` 0, code `network`). */
export class ApiError extends Error {
  readonly code: string;
  readonly params: Record<string, unknown>;
  readonly requestId: string;

  constructor(
    readonly status: number,
    body: ErrorBody,
    options?: ErrorOptions,
  ) {
    super(body.message, options);
    this.name = "ApiError";
    this.code = body.code;
    this.params = body.params;
    this.requestId = body.request_id;
  }

  /** True when trying again later can help: no network, or the server is overloaded or restarting. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads an error body whatever answered (ours, a proxy's page, FastAPI's own validation shape). */
export function toApiError(status: number, body: unknown, requestId = ""): ApiError {
  const inner = isRecord(body) && isRecord(body.error) ? body.error : body;
  if (isRecord(inner) && typeof inner.code === "string") {
    return new ApiError(status, {
      code: inner.code,
      message: typeof inner.message === "string" ? inner.message : inner.code,
      params: isRecord(inner.params) ? inner.params : {},
      request_id: typeof inner.request_id === "string" ? inner.request_id : requestId,
    });
  }
  return new ApiError(status, {
    code: status === 0 ? "network" : `http_${status}`,
    message: status === 0 ? "The server could not be reached." : `The server answered ${status}.`,
    params: isRecord(inner) ? inner : {},
    request_id: requestId,
  });
}
