import { type ImageRect, imageRect } from "./coordinates";

/** One level of a tile pyramid; the first is the picture itself, each further one half the one before. */
export interface TileLevel {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

/** What stands before the tiles in the server's file (`catalog/media/image/tiles.py`). */
export interface TileIndex {
  readonly tile: number;
  readonly levels: readonly TileLevel[];
  readonly lengths: readonly number[];
}

/** A tile: its bytes in the file, and the part of the picture that it shows, in pixels of the picture. */
export interface Tile {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly place: ImageRect;
}

const MAGIC = "TGTILES1";
/** Magic and the index's length. */
export const HEAD = MAGIC.length + 4;

/** Length of the index that follows the head; null when these are not the first bytes of a pyramid. */
export function indexLength(head: ArrayBuffer): number | null {
  if (head.byteLength < HEAD) return null;
  const magic = new TextDecoder().decode(head.slice(0, MAGIC.length));
  return magic === MAGIC ? new DataView(head).getUint32(MAGIC.length, true) : null;
}

/** Finds the tiles that a view needs. */
export class TileMap {
  readonly #starts: number[] = [];
  readonly #firsts: number[] = [];

  constructor(
    private readonly index: TileIndex,
    begin: number,
  ) {
    let at = begin;
    for (const length of index.lengths) {
      this.#starts.push(at);
      at += length;
    }
    let first = 0;
    for (const level of index.levels) {
      this.#firsts.push(first);
      first += level.columns * level.rows;
    }
  }

  /** The coarsest level that has a pixel for each pixel of the screen; `scale` in screen pixels a picture pixel. */
  levelFor(scale: number): number {
    const whole = this.index.levels[0]?.width ?? 1;
    const fine = this.index.levels.findLastIndex((level) => level.width >= whole * scale * 0.99);
    return Math.max(0, fine);
  }

  /** Tiles of a level that touch a part of the picture, those in its middle first. */
  around(number: number, part: ImageRect): Tile[] {
    const level = this.index.levels[number];
    const whole = this.index.levels[0];
    if (!level || !whole) return [];
    const step = 2 ** number * this.index.tile;
    const last = (end: number, most: number) => Math.min(most - 1, Math.ceil(end / step) - 1);
    const found: { tile: Tile; away: number }[] = [];
    const middle = { x: part.x + part.width / 2, y: part.y + part.height / 2 };
    for (let row = Math.max(0, Math.floor(part.y / step)); row <= last(part.y + part.height, level.rows); row += 1) {
      const right = last(part.x + part.width, level.columns);
      for (let column = Math.max(0, Math.floor(part.x / step)); column <= right; column += 1) {
        const id = (this.#firsts[number] ?? 0) + row * level.columns + column;
        const place = imageRect(
          column * step,
          row * step,
          Math.min(step, whole.width - column * step),
          Math.min(step, whole.height - row * step),
        );
        const start = this.#starts[id] ?? 0;
        const away = Math.hypot(place.x + step / 2 - middle.x, place.y + step / 2 - middle.y);
        found.push({ tile: { id, start, end: start + (this.index.lengths[id] ?? 0), place }, away });
      }
    }
    return found.sort((a, b) => a.away - b.away).map(({ tile }) => tile);
  }
}
