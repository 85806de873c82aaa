import { describe, expect, it } from "vitest";
import { delayAfter, type Known, LOST_AFTER, merged, type Prediction, standing } from "./standing";

const plate = (id: string, verdict: Prediction["verdict"] = "ok", reason = "") =>
  ({ id, verdict, reason }) as unknown as Prediction;
const known = (changed: Partial<Known> = {}): Known => ({
  predictions: [plate("b"), plate("a")],
  heardAt: 1_000,
  newestAt: 1_000,
  failures: 0,
  paused: false,
  ...changed,
});

describe("standing", () => {
  it("shows the newest answer while the server is heard", () => {
    expect(standing(known(), 2_000, 60)).toEqual({ kind: "answer", prediction: plate("b") });
  });

  it("never shows an old verdict: server away, no picture for long, paused, nothing yet", () => {
    expect(standing(known(), 1_001 + LOST_AFTER, 60)).toMatchObject({ kind: "hand", why: "offline", prediction: null });
    expect(standing(known({ heardAt: 70_000 }), 70_000, 60)).toMatchObject({ kind: "hand", why: "quiet" });
    expect(standing(known({ paused: true }), 2_000, 60)).toMatchObject({ kind: "hand", why: "deploy.paused" });
    expect(standing(known({ predictions: [], newestAt: null }), 2_000, 60)).toMatchObject({ why: "nothing" });
  });

  it("says why somebody has to look when the server says so", () => {
    const asked = known({ predictions: [plate("c", "check", "deploy.stale")] });
    expect(standing(asked, 2_000, 60)).toMatchObject({ kind: "hand", why: "deploy.stale" });
  });

  it("waits for pictures without a limit where the designer set none", () => {
    expect(standing(known({ heardAt: 900_000 }), 900_000, 0).kind).toBe("answer");
  });
});

it("asks again slower while the server is away, and at once when it is back", () => {
  expect([0, 1, 2, 3, 4, 9].map((failures) => delayAfter(failures))).toEqual([
    1_500, 1_500, 3_000, 6_000, 10_000, 10_000,
  ]);
});

it("keeps the last eight, each once", () => {
  const many = merged(
    ["h", "g", "f", "e", "d", "c", "b"].map((id) => plate(id)),
    [plate("j"), plate("i"), plate("h")],
  );
  expect(many.map((one) => one.id)).toEqual(["j", "i", "h", "g", "f", "e", "d", "c"]);
});
