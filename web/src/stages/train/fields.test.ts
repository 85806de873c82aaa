import { expect, test } from "vitest";
import { fieldsOf, given, rangeText } from "./fields";

test("fields come from the schema, with limits and the range that a study varies", () => {
  const schema = {
    properties: {
      steps: { anyOf: [{ type: "integer", minimum: 1, maximum: 100 }, { type: "null" }], default: null },
      rate: {
        type: "number",
        exclusiveMinimum: 0,
        maximum: 0.1,
        default: 0.003,
        search: { low: 0.001, high: 0.008, log: true },
      },
      size: { type: "integer", minimum: 64, default: 192, search: { choices: [160, 192] } },
      names: { type: "array" },
    },
  };
  const fields = fieldsOf(schema);
  expect(fields.map((field) => field.name)).toEqual(["steps", "rate", "size"]);
  expect(fields[0]).toMatchObject({ kind: "integer", low: 1, high: 100, search: undefined });
  expect(fields.map((field) => (field.search ? rangeText(field.search) : ""))).toEqual([
    "",
    "0.001–0.008",
    "160 / 192",
  ]);
});

test("0 of some parameters lets the training choose, of others it is just 0", () => {
  const whole = (description: string) => ({ type: "integer", minimum: 0, default: 0, description });
  const found = fieldsOf({
    properties: { size: whole("Side. 0: from 192 to 512."), looks: whole("How often. 0: never.") },
  });
  expect(found.map((field) => field.auto)).toEqual([true, false]);
});

test("what was emptied is not sent", () => {
  expect(given({ a: 1, b: null, c: undefined, d: false })).toEqual({ a: 1, d: false });
});
