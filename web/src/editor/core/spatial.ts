import RBush from "rbush";
import type { ImageRect } from "./coordinates";

interface Entry {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  id: string;
}

/** Finds marks by place: an R-tree over their bounds. */
export class SpatialIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Replaces everything at once (much faster than one by one). */
  load(items: Iterable<readonly [string, ImageRect]>): void {
    this.#tree.clear();
    this.#entries.clear();
    for (const [id, rect] of items) this.#entries.set(id, entryOf(id, rect));
    this.#tree.load([...this.#entries.values()]);
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
    this.#entries.set(id, entry);
    this.#tree.insert(entry);
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#tree.remove(entry);
  }

  /** Ids of everything whose bounds touch `rect`, in no particular order. */
  search(rect: ImageRect): string[] {
    return this.#tree.search(entryOf("", rect)).map((entry) => entry.id);
  }
}

function entryOf(id: string, rect: ImageRect): Entry {
  return { id, minX: rect.x, minY: rect.y, maxX: rect.x + rect.width, maxY: rect.y + rect.height };
}
