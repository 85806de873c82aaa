import type { Ghost, Label } from "./records";

/** One record before and after; null where it did not exist. Swapping the two undoes it. */
export interface LabelChange {
  readonly table: "label";
  readonly id: string;
  readonly before: Label | null;
  readonly after: Label | null;
}

export interface GhostChange {
  readonly table: "ghost";
  readonly id: string;
  readonly before: Ghost | null;
  readonly after: Ghost | null;
}

/** A statement about the item itself: "there is nothing here". */
export interface ItemChange {
  readonly table: "item";
  readonly id: "nothing";
  readonly before: boolean;
  readonly after: boolean;
}

export type Change = LabelChange | GhostChange | ItemChange;

/** What a person did, numbered without gaps within an annotation: the source of undo, autosave, audit and replay. */
export interface Command {
  readonly seq: number;
  readonly name: string;
  /** Milliseconds on the person's clock; the server counts offline time by it. */
  readonly at: number;
  readonly changes: readonly Change[];
}

export function invert(changes: readonly Change[]): Change[] {
  return changes.map((change) => ({ ...change, before: change.after, after: change.before }) as Change).reverse();
}

/** Two deltas as one: each record from its first `before` to its last `after`; records that end as they began go. */
export function merge(first: readonly Change[], second: readonly Change[]): Change[] {
  const joined = new Map<string, Change>();
  for (const change of [...first, ...second]) {
    const key = `${change.table}:${change.id}`;
    const earlier = joined.get(key);
    joined.set(key, earlier ? ({ ...change, before: earlier.before } as Change) : change);
  }
  return [...joined.values()].filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

export function addLabel(label: Label): LabelChange {
  return { table: "label", id: label.id, before: null, after: label };
}

export function removeLabel(label: Label): LabelChange {
  return { table: "label", id: label.id, before: label, after: null };
}

export function replaceLabel(before: Label, after: Label): LabelChange {
  return { table: "label", id: before.id, before, after };
}

export function setGhost(ghost: Ghost, state: Ghost["state"]): GhostChange {
  return { table: "ghost", id: ghost.id, before: ghost, after: { ...ghost, state } };
}
