import type { EditorDocument } from "../src/editor/core/editor";
import type { LabelSet } from "../src/editor/core/labelset";
import { BitmapPicture, type Picture } from "../src/editor/core/picture";
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

/** Grey stripes with noise, as a plate looks: a real bitmap, so that drawing it costs what it costs. */
export async function makePicture(width: number, height: number): Promise<Picture> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no 2D canvas");
  const pixels = context.createImageData(width, height);
  let state = 777;
  for (let y = 0; y < height; y += 1) {
    state = (state * 1664525 + 1013904223) % 4294967296;
    const row = 120 + (state >>> 27);
    for (let x = 0; x < width; x += 1) {
      const grey = row + ((x * 31 + y * 17) % 13);
      const at = 4 * (y * width + x);
      pixels.data.set([grey, grey, grey, 255], at);
    }
  }
  context.putImageData(pixels, 0, 0);
  return new BitmapPicture("made.png", width, height, await createImageBitmap(canvas)).halve();
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
  return {
    id: `bench${count}-${performance.now()}`,
    picture,
    labels,
    ghosts: [],
    nothing: false,
    seq: 0,
    readOnly: false,
  };
}
