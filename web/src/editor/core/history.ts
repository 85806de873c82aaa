import { type Change, type Command, invert, merge } from "./changes";
import { Signal } from "./signal";

interface Entry {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Same key within a moment = one step of undo (a held arrow key). */
  readonly mergeKey: string | null;
  readonly at: number;
}

const MERGE_WITHIN_MS = 800;

/** Undo, redo, and the append-only log of commands. An undo is a command of its own: the log never goes back. */
export class History {
  readonly changed = new Signal();
  readonly #done: Entry[] = [];
  readonly #undone: Entry[] = [];
  readonly #sinks = new Set<(command: Command) => void>();
  #seq = 0;

  constructor(
    private readonly apply: (changes: readonly Change[]) => void,
    private readonly now: () => number,
  ) {}

  /** Number of the last command. */
  get seq(): number {
    return this.#seq;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Starts an annotation whose log already holds `seq` commands. */
  reset(seq: number): void {
    this.#done.length = 0;
    this.#undone.length = 0;
    this.#seq = seq;
    this.changed.emit();
  }

  commit(name: string, changes: readonly Change[], mergeKey: string | null = null): void {
    if (changes.length === 0) return;
    const at = this.now();
    this.#undone.length = 0;
    const last = this.#done.at(-1);
    if (mergeKey && last?.mergeKey === mergeKey && at - last.at < MERGE_WITHIN_MS) {
      this.#done[this.#done.length - 1] = { name, changes: merge(last.changes, changes), mergeKey, at };
    } else {
      this.#done.push({ name, changes, mergeKey, at });
    }
    this.#run(name, changes);
  }

  /** Undoes the last step; the changes made, or null when there was none. */
  undo(): readonly Change[] | null {
    const entry = this.#done.pop();
    if (!entry) return null;
    this.#undone.push(entry);
    const changes = invert(entry.changes);
    this.#run("undo", changes);
    return changes;
  }

  redo(): readonly Change[] | null {
    const entry = this.#undone.pop();
    if (!entry) return null;
    this.#done.push({ ...entry, mergeKey: null });
    this.#run("redo", entry.changes);
    return entry.changes;
  }

  /** Calls `sink` with every command from now on: autosave and audit. */
  onCommand(sink: (command: Command) => void): () => void {
    this.#sinks.add(sink);
    return () => {
      this.#sinks.delete(sink);
    };
  }

  #run(name: string, changes: readonly Change[]): void {
    this.#seq += 1;
    const command: Command = { seq: this.#seq, name, at: this.now(), changes };
    this.apply(changes);
    for (const sink of this.#sinks) sink(command);
    this.changed.emit();
  }
}
