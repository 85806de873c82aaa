import { describe, expect, it } from "vitest";
import { csrfToken } from "./client";
import { toApiError } from "./errors";

describe("csrfToken", () => {
  it("finds its cookie among others and decodes it", () => {
    expect(csrfToken("a=1; tg_csrf=x%3Dy=z; b=2")).toBe("x=y=z");
  });
  it("is empty without the cookie", () => {
    expect(csrfToken("other_tg_csrf=1")).toBe("");
  });
});

describe("toApiError", () => {
  it("keeps code, params and request id of the server", () => {
    const error = toApiError(409, { code: "stale_base", message: "Stale.", params: { n: 2 }, request_id: "r1" });
    expect([error.status, error.code, error.params, error.requestId]).toEqual([409, "stale_base", { n: 2 }, "r1"]);
    expect(error.transient).toBe(false);
  });
  it("names a broken network and a foreign page", () => {
    expect(toApiError(0, null).code).toBe("network");
    expect(toApiError(0, null).transient).toBe(true);
    expect(toApiError(502, "<html>").code).toBe("http_502");
  });
});
