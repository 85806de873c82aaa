import type { Editor } from "../../core/editor";
import type { PointerInput } from "../../core/tool";

/** Screen distances in CSS pixels: below `DRAG` a press is a click; within `SNAP` an edge attracts; `PICK` is tolerance. */
const DRAG = 4;
const SNAP = 6;
const PICK = 3;

export function dragged(from: PointerInput, to: PointerInput): boolean {
  return Math.hypot(to.screen.x - from.screen.x, to.screen.y - from.screen.y) >= DRAG;
}

/** Snapping reach in image pixels; Alt switches it off. */
export function snapReach(editor: Editor, input: PointerInput): number {
  return input.alt ? 0 : editor.viewport.length(SNAP);
}

export function pickReach(editor: Editor): number {
  return editor.viewport.length(PICK);
}
