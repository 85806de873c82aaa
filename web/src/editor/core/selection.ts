import { Signal } from "./signal";

/** Ids of the selected marks, in the order in which they were selected. */
export class Selection {
  readonly changed = new Signal();
  #ids: ReadonlySet<string> = new Set();

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  get size(): number {
    return this.#ids.size;
  }

  /** The only selected mark; null when none or several are. */
  get single(): string | null {
    if (this.#ids.size !== 1) return null;
    return this.first;
  }

  /** The mark that was selected first; null when none is. */
  get first(): string | null {
    const [id] = this.#ids;
    return id ?? null;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  set(ids: Iterable<string>): void {
    const next = new Set(ids);
    if (next.size === this.#ids.size && [...next].every((id) => this.#ids.has(id))) return;
    this.#ids = next;
    this.changed.emit();
  }

  toggle(id: string): void {
    const next = new Set(this.#ids);
    if (!next.delete(id)) next.add(id);
    this.set(next);
  }

  clear(): void {
    this.set([]);
  }

  /** Drops what no longer exists. */
  prune(exists: (id: string) => boolean): void {
    for (const id of this.#ids) {
      if (exists(id)) continue;
      this.set([...this.#ids].filter(exists));
      return;
    }
  }
}
