import { addLabel, type Change, type ItemChange, setGhost } from "../changes";
import type { Editor } from "../editor";
import { type Ghost, sameMark } from "../records";
import type { Store } from "../store";
import { fromGhost } from "./labels";

/** The proposals that Y or N means: the selected ones, else the next one that waits. */
function meant(editor: Editor): Ghost[] {
  const pending = editor.store.pending();
  const selected = pending.filter((ghost) => editor.selection.has(ghost.id));
  if (selected.length || editor.selection.size) return selected;
  return pending.slice(0, 1);
}

function advance(editor: Editor): void {
  const [next] = editor.store.pending();
  editor.selection.set(next ? [next.id] : []);
}

export function keepGhosts(editor: Editor, ghosts = meant(editor)): boolean {
  const changes: Change[] = ghosts.flatMap((ghost) => [
    setGhost(ghost, "taken"),
    addLabel(fromGhost(editor, ghost, ghost.label, false)),
  ]);
  if (changes.length && editor.store.nothing) {
    const end: ItemChange = { table: "item", id: "nothing", before: true, after: false };
    changes.push(end);
  }
  const done = editor.commit("keep", changes);
  if (done) advance(editor);
  return done;
}

export function throwGhosts(editor: Editor, ghosts = meant(editor)): boolean {
  const done = editor.commit(
    "throw",
    ghosts.map((ghost) => setGhost(ghost, "thrown")),
  );
  if (done) advance(editor);
  return done;
}

export interface PrelabelCounts {
  readonly pending: number;
  readonly kept: number;
  readonly corrected: number;
  readonly thrown: number;
}

/** What became of the model's proposals, told from the labels that stand now. */
export function prelabelCounts(store: Store): PrelabelCounts {
  const made = new Map([...store.labels.values()].flatMap((label) => (label.origin ? [[label.origin, label]] : [])));
  const counts = { pending: 0, kept: 0, corrected: 0, thrown: 0 };
  for (const ghost of store.ghosts.values()) {
    const label = made.get(ghost.id);
    if (ghost.state === "pending") counts.pending += 1;
    else if (!label) counts.thrown += 1;
    else if (sameMark(label, ghost.label)) counts.kept += 1;
    else counts.corrected += 1;
  }
  return counts;
}
