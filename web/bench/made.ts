import type { EditorDocument } from "../src/editor/core/editor";
import type { LabelSet } from "../src/editor/core/labelset";
import type { Picture } from "../src/editor/core/picture";
import type { BoxLabel } from "../src/editor/core/records";

const COLORS = ["#f26d6d", "#35c2de", "#7bd88f", "#b48cff", "#ff9ecf", "#ffb000"];

export function makeLabelSet(): LabelSet {
  return {
    severalClasses: false,
    classes: COLORS.map((color, place) => ({
      key: `class${place + 1}`,
      name: `Class ${place + 1}`,
      color,
      hotkey: null,
      kind: "box",
      attributes: [
        {
          key: "degree",
          name: "Degree",
          type: "choice",
          required: false,
          options: ["light", "medium", "heavy"].map((value) => ({ value, name: value })),
        },
      ],
      definition: "A made-up class.",
      examples: [],
    })),
  };
}

/** The same boxes on every run: places and sizes from a small generator with a fixed seed. */
export function makeDocument(count: number, picture: Picture): EditorDocument {
  let state = 12345;
  const roll = () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
  const labels: BoxLabel[] = [];
  for (let place = 0; place < count; place += 1) {
    const width = 12 + 90 * roll() ** 2;
    const height = 12 + 90 * roll() ** 2;
    labels.push({
      kind: "box",
      id: `box${place}`,
      label: `class${1 + Math.floor(roll() * COLORS.length)}`,
      x: Math.round(roll() * (picture.width - width)),
      y: Math.round(roll() * (picture.height - height)),
      width: Math.round(width),
      height: Math.round(height),
      attributes: {},
      score: null,
      origin: null,
    });
  }
  return { id: "bench", picture, labels, ghosts: [], nothing: false, seq: 0, readOnly: false };
}
