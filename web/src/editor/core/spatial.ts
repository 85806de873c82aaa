import RBush from "rbush";
import type { ImageRect } from "./coordinates";

interface Entry {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  id: string;
}

/** Finds marks by place: an R-tree over their bounds, built when something first asks for a part of them. */
export class SpatialIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<string, Entry>();
  /** True while the tree does not hold what the entries say. */
  #stale = false;
  /** Holds every entry; may be larger than need be. */
  #extent: Entry = nowhere();

  get size(): number {
    return this.#entries.size;
  }

  /** Replaces everything at once (much faster than one by one). */
  load(items: Iterable<readonly [string, ImageRect]>): void {
    this.#entries.clear();
    this.#extent = nowhere();
    this.#stale = true;
    for (const [id, rect] of items) this.#put(entryOf(id, rect));
  }

  /** Changes many marks at once: the tree is built anew when it is next needed. */
  change(items: Iterable<readonly [string, ImageRect | null]>): void {
    this.#stale = true;
    for (const [id, rect] of items) {
      if (rect) this.#put(entryOf(id, rect));
      else this.#entries.delete(id);
    }
  }

  /** Whether the mark lies in the index exactly so: then nothing has to be done. */
  holds(id: string, rect: ImageRect): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    const same = entry.minX === rect.x && entry.minY === rect.y;
    return same && entry.maxX === rect.x + rect.width && entry.maxY === rect.y + rect.height;
  }

  set(id: string, rect: ImageRect): void {
    this.remove(id);
    const entry = entryOf(id, rect);
    this.#put(entry);
    if (!this.#stale) this.#tree.insert(entry);
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    if (!this.#stale) this.#tree.remove(entry);
  }

  /** Ids of everything whose bounds touch `rect`, in no particular order. */
  search(rect: ImageRect): string[] {
    const part = entryOf("", rect);
    if (holdsAll(part, this.#extent)) return [...this.#entries.keys()];
    if (this.#stale) {
      this.#tree.clear();
      this.#tree.load([...this.#entries.values()]);
      this.#stale = false;
    }
    return this.#tree.search(part).map((entry) => entry.id);
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    const all = this.#extent;
    if (entry.minX < all.minX) all.minX = entry.minX;
    if (entry.minY < all.minY) all.minY = entry.minY;
    if (entry.maxX > all.maxX) all.maxX = entry.maxX;
    if (entry.maxY > all.maxY) all.maxY = entry.maxY;
  }
}

function nowhere(): Entry {
  return { id: "", minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
}

function holdsAll(part: Entry, all: Entry): boolean {
  return part.minX <= all.minX && part.minY <= all.minY && part.maxX >= all.maxX && part.maxY >= all.maxY;
}

function entryOf(id: string, rect: ImageRect): Entry {
  return { id, minX: rect.x, minY: rect.y, maxX: rect.x + rect.width, maxY: rect.y + rect.height };
}
