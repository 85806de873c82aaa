import type { Change } from "./changes";
import type { Ghost, Label, Shape } from "./records";
import { Signal } from "./signal";

/** What an annotation is at its start, or was when it was last saved. */
export interface Snapshot {
  readonly labels: readonly Label[];
  readonly ghosts: readonly Ghost[];
  readonly nothing: boolean;
}

/** The records of the open annotation. Changed only by `apply`. */
export class Store {
  readonly changed = new Signal();
  readonly labels = new Map<string, Label>();
  readonly ghosts = new Map<string, Ghost>();
  nothing = false;
  /** Place in lists, given when a record is first seen and kept through removal and undo. */
  readonly #order = new Map<string, number>();
  #sorted: readonly Label[] | null = null;
  /** True once a removed record came back: the map's own order is then not the lists' order. */
  #shuffled = false;

  load(snapshot: Snapshot): void {
    this.labels.clear();
    this.ghosts.clear();
    this.#order.clear();
    this.#shuffled = false;
    for (const label of snapshot.labels) this.#put(label);
    for (const ghost of snapshot.ghosts) this.ghosts.set(ghost.id, ghost);
    this.nothing = snapshot.nothing;
    this.#sorted = null;
    this.changed.emit();
  }

  /** Sets each record to its `after`. Applying the same delta twice changes nothing more. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table === "item") this.nothing = change.after;
      else if (change.table === "ghost") this.#putGhost(change.id, change.after);
      else if (change.after) this.#put(change.after);
      else this.labels.delete(change.id);
    }
    this.#sorted = null;
    this.changed.emit();
  }

  snapshot(): Snapshot {
    return { labels: this.list(), ghosts: [...this.ghosts.values()], nothing: this.nothing };
  }

  /** Labels in the order in which they were first added. */
  list(): readonly Label[] {
    if (!this.#sorted) {
      const labels = [...this.labels.values()];
      if (this.#shuffled) labels.sort((a, b) => this.#place(a.id) - this.#place(b.id));
      this.#sorted = labels;
    }
    return this.#sorted;
  }

  pending(): Ghost[] {
    return [...this.ghosts.values()].filter((ghost) => ghost.state === "pending");
  }

  /** The mark with this id: a label, or a proposal that still waits. */
  shape(id: string): Shape | null {
    const label = this.labels.get(id);
    if (label) return { label, ghost: false };
    const ghost = this.ghosts.get(id);
    return ghost?.state === "pending" ? { label: ghost.label, ghost: true } : null;
  }

  /** Whether there is a mark with this id. */
  has(id: string): boolean {
    return this.labels.has(id) || this.ghosts.get(id)?.state === "pending";
  }

  *shapes(): Generator<Shape> {
    for (const label of this.list()) yield { label, ghost: false };
    for (const ghost of this.ghosts.values()) if (ghost.state === "pending") yield { label: ghost.label, ghost: true };
  }

  #place(id: string): number {
    return this.#order.get(id) ?? 0;
  }

  #put(label: Label): void {
    if (!this.#order.has(label.id)) this.#order.set(label.id, this.#order.size);
    else if (!this.labels.has(label.id)) this.#shuffled = true;
    this.labels.set(label.id, label);
  }

  #putGhost(id: string, ghost: Ghost | null): void {
    if (ghost) this.ghosts.set(id, ghost);
    else this.ghosts.delete(id);
  }
}
