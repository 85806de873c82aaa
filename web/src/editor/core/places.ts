import type { Change } from "./changes";
import type { ImageRect } from "./coordinates";
import type { Damage } from "./damage";
import type { Label } from "./records";
import type { SpatialIndex } from "./spatial";
import type { Store } from "./store";

/** From so many moved records on, rebuilding the index is faster than changing it. */
const REBUILD_FROM = 300;

type Place = { readonly id: string; readonly before: ImageRect | null; readonly after: ImageRect | null };

/** Keeps the spatial index and the damaged part of the canvas in step with the store. */
export class Places {
  constructor(
    private readonly store: Store,
    private readonly index: SpatialIndex,
    private readonly damage: Damage,
    private readonly bounds: (label: Label) => ImageRect | null,
  ) {}

  /** Applies a delta to the store and to everything that depends on places. */
  apply(changes: readonly Change[]): void {
    const places = changes.flatMap((change) => this.#placeOf(change) ?? []);
    const moved = places.filter(({ id, after }) => after === null || !this.index.holds(id, after));
    this.store.apply(changes);
    if (moved.length >= REBUILD_FROM) this.index.change(moved.map(({ id, after }) => [id, after]));
    else {
      for (const { id, after } of moved) {
        if (after) this.index.set(id, after);
        else this.index.remove(id);
      }
    }
    if (places.length >= REBUILD_FROM) this.damage.addAll();
    else for (const place of places) this.#hurt(place);
  }

  rebuild(): void {
    this.damage.addAll();
    const entries: [string, ImageRect][] = [];
    for (const { label } of this.store.shapes()) {
      const rect = this.bounds(label);
      if (rect) entries.push([label.id, rect]);
    }
    this.index.load(entries);
  }

  #hurt({ before, after }: Place): void {
    if (before) this.damage.add(before);
    if (after) this.damage.add(after);
  }

  #placeOf(change: Change): Place | null {
    if (change.table === "item") return null;
    if (change.table === "label") {
      return { id: change.id, before: this.#rect(change.before), after: this.#rect(change.after) };
    }
    const waits = change.after?.state === "pending" ? change.after.label : null;
    return { id: change.id, before: this.#rect(change.before?.label ?? null), after: this.#rect(waits) };
  }

  #rect(label: Label | null): ImageRect | null {
    return label && this.bounds(label);
  }
}
