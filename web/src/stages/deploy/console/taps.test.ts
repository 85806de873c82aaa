import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { toApiError } from "../../../api/errors";
import { type Tap, TapQueue } from "./taps";

const tap = (prediction: string, at: number, reason: "missed" | "false_call" = "missed"): Tap => ({
  deployment: "d",
  prediction_id: prediction,
  kind: "wrong",
  reason,
  note: "",
  at,
});

it("keeps taps while the network is away and sends them in order when it is back", async () => {
  let away = true;
  const sent: string[] = [];
  const queue = new TapQueue("p1", async (one) => {
    if (away) throw toApiError(0, null);
    sent.push(`${one.prediction_id} ${one.reason}`);
  });
  await queue.push(tap("a", 1));
  await queue.push(tap("b", 2));
  await queue.push(tap("a", 3, "false_call"));
  await queue.flush();
  expect(queue.pending).toBe(2);
  away = false;
  await queue.flush();
  expect(sent).toEqual(["b missed", "a false_call"]);
  expect(queue.pending).toBe(0);
});

it("keeps taps over a reload of the page", async () => {
  const cut = new TapQueue("p2", () => Promise.reject(toApiError(0, null)));
  await cut.push(tap("a", 1));
  const sent: string[] = [];
  const again = new TapQueue("p2", async (one) => sent.push(one.prediction_id));
  await again.flush();
  expect(sent).toEqual(["a"]);
});

it("lets go of what the server will never take, and says so", async () => {
  const queue = new TapQueue("p3", () =>
    Promise.reject(toApiError(404, { code: "prediction.unknown", message: "x", params: {} })),
  );
  await queue.push(tap("a", 1));
  await queue.flush();
  expect(queue.pending).toBe(0);
  expect(queue.refused?.error.code).toBe("prediction.unknown");
});
