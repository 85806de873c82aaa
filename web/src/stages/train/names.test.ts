import { describe, expect, it } from "vitest";
import { thresholdSource } from "./names";

const t = ((key: string, values: object) => `${key} ${Object.values(values).join("/")}`) as unknown as Parameters<
  typeof thresholdSource
>[1];

describe("thresholdSource", () => {
  it.each([
    ["best F1 on 84 held-out training items of 80 groups", "thresholdHeld 84/80"],
    [
      "best F1 on 84 held-out training items of 80 groups, which also fixed the temperature",
      "thresholdHeldCalibrated 84/80",
    ],
    ["best F1 on 839 training items (no hold-out): it may be too high for new items", "thresholdFitted 839"],
    ["as the supplier says", "as the supplier says"],
    ["", "–"],
  ])("%s", (words, shown) => {
    expect(thresholdSource(words, t)).toBe(shown);
  });
});
