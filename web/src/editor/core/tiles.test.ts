import { beforeEach, describe, expect, it, vi } from "vitest";
import { imageRect, screenPoint } from "./coordinates";
import type { BitmapPicture } from "./picture";
import { TILES_KEPT, TiledPicture } from "./tiled";
import { HEAD, indexLength, type TileIndex, TileMap } from "./tiles";
import { Viewport } from "./viewport";

/** 20,000 × 20,000 px, as the server makes them: each tile of 10 bytes. */
function bigIndex(): TileIndex {
  const levels = [20_000, 10_000, 5000].map((side) => {
    const columns = Math.ceil(side / 512);
    return { width: side, height: side, columns, rows: columns };
  });
  const count = levels.reduce((sum, level) => sum + level.columns * level.rows, 0);
  return { tile: 512, levels, lengths: Array.from({ length: count }, () => 10) };
}

function file(): { head: ArrayBuffer; text: ArrayBuffer } {
  const text = new TextEncoder().encode(JSON.stringify(bigIndex()));
  const head = new Uint8Array(HEAD);
  head.set(new TextEncoder().encode("TGTILES1"));
  new DataView(head.buffer).setUint32(8, text.length, true);
  return { head: head.buffer, text: text.buffer as ArrayBuffer };
}

const settled = async () => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
};

describe("TileMap", () => {
  const map = new TileMap(bigIndex(), 100);

  it("takes the coarsest level that is fine enough for the screen", () => {
    expect([1, 0.5, 0.3, 0.25, 0.21].map((scale) => map.levelFor(scale))).toEqual([0, 1, 1, 2, 2]);
    expect(map.levelFor(8)).toBe(0);
  });

  it("finds the tiles of a view, and clips those at the edge", () => {
    const tiles = map.around(0, imageRect(19_900, 100, 500, 500));
    expect(tiles.map(({ id }) => id).sort((a, b) => a - b)).toEqual([38, 39, 78, 79]);
    expect(tiles.find(({ id }) => id === 39)?.place.width).toBe(20_000 - 39 * 512);
    expect(map.around(1, imageRect(0, 0, 1000, 1000)).map(({ start }) => start)).toEqual([100 + 1600 * 10]);
    expect(map.around(0, imageRect(-900, -900, 800, 800))).toEqual([]);
  });

  it("knows a pyramid by its first bytes", () => {
    expect(indexLength(file().head)).toBe(file().text.byteLength);
    expect(indexLength(new TextEncoder().encode("\u0089PNG.........").buffer as ArrayBuffer)).toBeNull();
  });
});

describe("TiledPicture", () => {
  const drawn: number[][] = [];
  const context = { drawImage: (_: unknown, ...at: number[]) => drawn.push(at) } as unknown as CanvasRenderingContext2D;
  const ground = {
    ...{ name: "plate.png", width: 20_000, height: 20_000, pixelsAcross: 4096 },
    draw: vi.fn(),
    close: vi.fn(),
  } as unknown as BitmapPicture;
  const bitmap = { close: vi.fn() };
  let asked: number[];
  let view: Viewport;

  beforeEach(() => {
    drawn.length = 0;
    asked = [];
    bitmap.close.mockClear();
    view = new Viewport();
    view.setCanvas({ width: 1000, height: 800 });
    view.setPicture({ width: 20_000, height: 20_000 }, false);
  });

  async function opened(): Promise<TiledPicture> {
    const { head, text } = file();
    const part = async (start: number) => {
      if (start === 0) return head;
      if (start === HEAD) return text;
      asked.push(start);
      return new ArrayBuffer(10);
    };
    return new TiledPicture(ground, part, async () => bitmap as unknown as ImageBitmap).open();
  }

  it("shows the preview from afar and tiles from near, no more than fit", async () => {
    const picture = await opened();
    picture.draw(context, view);
    await settled();
    expect([asked, drawn]).toEqual([[], []]);
    view.zoomTo(1);
    picture.draw(context, view);
    await settled();
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(9);
    picture.draw(context, view);
    expect(drawn.length).toBe(asked.length);
    for (let step = 0; step < 60; step += 1) {
      view.panBy(-500, step % 2 ? 400 : -400);
      view.zoomAt(screenPoint(500, 400), step % 2 ? 1.4 : 0.7);
      picture.draw(context, view);
      await settled();
    }
    for (let row = 0; row < 18; row += 1) {
      view.scale = 1;
      view.x = -row * 1000;
      for (let column = 0; column < 20; column += 1) {
        view.y = -column * 800;
        picture.draw(context, view);
        await settled();
      }
    }
    expect(picture.kept).toBe(TILES_KEPT);
    expect(bitmap.close).toHaveBeenCalled();
    picture.close();
    expect(picture.kept).toBe(0);
  });

  it("stays a preview where there are no tiles", async () => {
    const picture = new TiledPicture(ground, async () => new ArrayBuffer(4));
    await picture.open();
    view.zoomTo(1);
    picture.draw(context, view);
    expect(drawn).toEqual([]);
  });
});
