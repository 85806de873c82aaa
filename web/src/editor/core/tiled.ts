import { type ImageRect, intersects } from "./coordinates";
import { type BitmapPicture, loadPicture, type Picture } from "./picture";
import { Signal } from "./signal";
import { HEAD, indexLength, type Tile, type TileIndex, TileMap } from "./tiles";
import type { Viewport } from "./viewport";

/** Decoded tiles kept: 512 × 512 px are 1 MB each. */
export const TILES_KEPT = 160;
const AT_ONCE = 6;
const AGAIN_MS = 3000;

interface Kept {
  readonly bitmap: ImageBitmap;
  readonly place: ImageRect;
  readonly level: number;
}

/**
 * A picture of more pixels than a browser can hold: its preview as the ground, and over it the tiles of what is looked at,
 * fetched as they are needed and forgotten when many others were looked at since. Boxes lie in pixels of the picture
 * itself, as everywhere.
 */
export class TiledPicture implements Picture {
  readonly changed = new Signal();
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Oldest look first. */
  readonly #kept = new Map<number, Kept>();
  readonly #loading = new Map<number, AbortController>();
  readonly #failed = new Map<number, number>();
  #wanted: { tile: Tile; level: number }[] = [];
  #map: TileMap | null = null;
  #closed = false;

  constructor(
    private readonly ground: BitmapPicture,
    private readonly fetchPart: (start: number, end: number, signal: AbortSignal) => Promise<ArrayBuffer>,
    private readonly decode: (data: ArrayBuffer) => Promise<ImageBitmap> = decodeJpeg,
  ) {
    this.name = ground.name;
    this.width = ground.width;
    this.height = ground.height;
  }

  /** How many tiles are held: the bench's and a test's figure. */
  get kept(): number {
    return this.#kept.size;
  }

  /** Reads the index; until then, and where it can't be had, the preview is shown. */
  async open(): Promise<this> {
    const { signal } = new AbortController();
    const length = indexLength(await this.fetchPart(0, HEAD, signal));
    if (length === null) return this;
    const text = new TextDecoder().decode(await this.fetchPart(HEAD, HEAD + length, signal));
    this.#map = new TileMap(JSON.parse(text) as TileIndex, HEAD + length);
    this.changed.emit();
    return this;
  }

  draw(context: CanvasRenderingContext2D, view: Viewport): void {
    this.ground.draw(context, view);
    const map = this.#map;
    const wanted = view.scale * (globalThis.devicePixelRatio || 1);
    if (!map || this.width * wanted <= this.ground.pixelsAcross) {
      this.#want([]);
      return;
    }
    const level = map.levelFor(wanted);
    const part = view.visible();
    const tiles = map.around(level, part);
    this.#want(tiles.map((tile) => ({ tile, level })));
    context.imageSmoothingEnabled = view.scale < 2;
    // Coarser ones first: they stand in until the finer ones are there.
    const shown = [...this.#kept.values()].filter((one) => one.level >= level && intersects(one.place, part));
    shown.sort((a, b) => b.level - a.level);
    for (const one of shown) drawTile(context, view, one);
    for (const { id } of tiles) this.#touch(id);
  }

  /** Gives the memory back; the picture can't be drawn any more. */
  close(): void {
    this.#closed = true;
    this.#want([]);
    for (const one of this.#kept.values()) one.bitmap.close();
    this.#kept.clear();
    this.ground.close();
  }

  /** What is looked at now: what is on its way for an earlier look is called off. */
  #want(wanted: { tile: Tile; level: number }[]): void {
    const ids = new Set(wanted.map(({ tile }) => tile.id));
    for (const [id, control] of this.#loading) if (!ids.has(id)) control.abort();
    const now = Date.now();
    this.#wanted = wanted.filter(({ tile: { id } }) => !this.#kept.has(id) && (this.#failed.get(id) ?? 0) < now);
    this.#load();
  }

  #load(): void {
    for (const { tile, level } of this.#wanted) {
      if (this.#loading.size >= AT_ONCE || this.#closed) return;
      if (!this.#loading.has(tile.id)) void this.#fetch(tile, level);
    }
  }

  async #fetch(tile: Tile, level: number): Promise<void> {
    const control = new AbortController();
    this.#loading.set(tile.id, control);
    try {
      const bitmap = await this.decode(await this.fetchPart(tile.start, tile.end, control.signal));
      if (this.#closed) bitmap.close();
      else this.#keep(tile.id, { bitmap, place: tile.place, level });
    } catch {
      // Called off, or the network is away: asked for again when it is still looked at after a moment.
      if (!control.signal.aborted) this.#failed.set(tile.id, Date.now() + AGAIN_MS);
    }
    this.#loading.delete(tile.id);
    this.#wanted = this.#wanted.filter((one) => one.tile.id !== tile.id);
    this.#load();
  }

  #keep(id: number, kept: Kept): void {
    this.#kept.set(id, kept);
    for (const [oldest, { bitmap }] of this.#kept) {
      if (this.#kept.size <= TILES_KEPT) break;
      bitmap.close();
      this.#kept.delete(oldest);
    }
    this.changed.emit();
  }

  #touch(id: number): void {
    const one = this.#kept.get(id);
    if (!one) return;
    this.#kept.delete(id);
    this.#kept.set(id, one);
  }
}

function decodeJpeg(data: ArrayBuffer): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([data], { type: "image/jpeg" }));
}

/** On whole pixels of the screen, so that no seam shows between neighbours. */
function drawTile(context: CanvasRenderingContext2D, view: Viewport, { bitmap, place }: Kept): void {
  const left = Math.round(place.x * view.scale + view.x);
  const top = Math.round(place.y * view.scale + view.y);
  const right = Math.round((place.x + place.width) * view.scale + view.x);
  const bottom = Math.round((place.y + place.height) * view.scale + view.y);
  context.drawImage(bitmap, left, top, right - left, bottom - top);
}

/** Reads bytes of a signed link. */
export function rangeReader(url: string) {
  return async (start: number, end: number, signal: AbortSignal): Promise<ArrayBuffer> => {
    const headers = { Range: `bytes=${start}-${end - 1}` };
    const response = await fetch(url, { credentials: "same-origin", headers, signal });
    if (response.status !== 206) throw new Error(`${response.status}`);
    return response.arrayBuffer();
  };
}

/** An item's picture as the server describes it. */
export interface PictureSource {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly image_url?: string | null | undefined;
  /** Empty where the picture has no tiles. */
  readonly tiles_url?: string | undefined;
}

/** The decoded picture of an item; of a large one its preview, and tiles as they are looked at. */
export async function openPicture(source: PictureSource, signal?: AbortSignal): Promise<BitmapPicture | TiledPicture> {
  const ground = await loadPicture(source.image_url ?? "", source.name, source, signal);
  if (!source.tiles_url) return ground;
  const tiled = new TiledPicture(ground, rangeReader(source.tiles_url));
  return tiled.open().catch(() => tiled);
}
