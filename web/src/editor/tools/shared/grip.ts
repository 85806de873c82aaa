import type { ScreenPoint } from "../../core/coordinates";
import type { Handle } from "../../core/definition";
import type { Editor } from "../../core/editor";
import type { Label } from "../../core/records";

/** Reach of a grip on the screen, in CSS pixels. */
const REACH = 7;

export interface Grip {
  readonly label: Label;
  readonly handle: Handle;
}

/** The grip of the single selected mark under the pointer. */
export function gripAt(editor: Editor, at: ScreenPoint): Grip | null {
  const id = editor.selection.single;
  const shape = id && !editor.readOnly ? editor.pickable(id) : null;
  if (!shape) return null;
  for (const handle of editor.definition(shape.label).handles(shape.label)) {
    const place = editor.viewport.toScreen(handle.point);
    if (Math.abs(place.x - at.x) <= REACH && Math.abs(place.y - at.y) <= REACH) return { label: shape.label, handle };
  }
  return null;
}
