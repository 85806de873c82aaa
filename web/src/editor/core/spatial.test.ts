import { describe, expect, it } from "vitest";
import { imageRect } from "./coordinates";
import { SpatialIndex } from "./spatial";

const square = (place: number) => imageRect(10 * place, 10 * place, 5, 5);

describe("SpatialIndex", () => {
  it("finds marks by place after many changes at once", () => {
    const index = new SpatialIndex();
    index.load([0, 1, 2, 3].map((place) => [`b${place}`, square(place)] as const));
    expect(index.search(imageRect(0, 0, 6, 6))).toEqual(["b0"]);
    index.change([
      ["b0", imageRect(100, 100, 5, 5)],
      ["b1", null],
    ]);
    expect(index.search(imageRect(0, 0, 20, 20))).toEqual(["b2"]);
    expect(index.search(imageRect(99, 99, 9, 9))).toEqual(["b0"]);
    index.set("b1", square(1));
    index.remove("b2");
    expect(index.search(imageRect(0, 0, 20, 20))).toEqual(["b1"]);
    expect(index.size).toBe(3);
  });

  it("gives everything where the whole picture is asked for", () => {
    const index = new SpatialIndex();
    index.load([0, 1].map((place) => [`b${place}`, square(place)] as const));
    index.change([["b1", imageRect(500, 0, 5, 5)]]);
    expect(index.search(imageRect(0, 0, 600, 600)).sort()).toEqual(["b0", "b1"]);
    expect(index.search(imageRect(0, 0, 400, 400))).toEqual(["b0"]);
  });
});
