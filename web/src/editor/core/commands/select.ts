import { encloses, type ImageRect, intersects } from "../coordinates";
import type { Editor } from "../editor";

/** Marks in reading order: rows from the top, in a row from the left; whole-item labels first. */
function readingOrder(editor: Editor): string[] {
  const placed = [...editor.store.shapes()]
    .filter(({ label }) => editor.pickable(label.id))
    .map(({ label }) => ({ id: label.id, rect: editor.bounds(label) }));
  placed.sort((a, b) => (a.rect?.y ?? -1) - (b.rect?.y ?? -1) || (a.rect?.x ?? -1) - (b.rect?.x ?? -1));
  return placed.map(({ id }) => id);
}

/** The next (or previous) mark; brought into view where it is outside. */
export function selectNext(editor: Editor, step: 1 | -1): boolean {
  const order = readingOrder(editor);
  if (order.length === 0) return false;
  const last = [...editor.selection.ids].at(-1);
  const at = last === undefined ? -1 : order.indexOf(last);
  const start = at < 0 && step < 0 ? 0 : at;
  const next = order[(start + step + order.length) % order.length];
  if (next) selectShape(editor, next);
  return true;
}

/** Selects one mark and brings it into view. */
export function selectShape(editor: Editor, id: string): void {
  editor.selection.set([id]);
  const shape = editor.store.shape(id);
  const rect = shape && editor.bounds(shape.label);
  if (rect && !intersects(editor.viewport.visible(), rect)) editor.viewport.showRect(rect);
}

export function selectAll(editor: Editor): boolean {
  const ids = [...editor.store.list()].filter((label) => editor.pickable(label.id)).map((label) => label.id);
  editor.selection.set(ids);
  return ids.length > 0;
}

/** Marks inside the rubber band. */
export function idsInside(editor: Editor, band: ImageRect): string[] {
  return editor.index.search(band).filter((id) => {
    const shape = editor.pickable(id);
    const rect = shape && editor.bounds(shape.label);
    return rect !== null && encloses(band, rect);
  });
}
