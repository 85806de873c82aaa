import type { Shape } from "../../core/records";
import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { dragged } from "../shared/distances";
import { translating } from "./translating";

/** Alt picks what lies below the selected one; else a selected mark under the pointer, else the smallest. */
function picked(context: ToolContext, under: readonly Shape[], below: boolean): string {
  const ids = under.map((shape) => shape.label.id);
  const at = ids.findIndex((id) => context.editor.selection.has(id));
  if (at < 0) return ids[0] ?? "";
  return ids[below ? (at + 1) % ids.length : at] ?? "";
}

/** A mark is pressed: a click selects it, a drag moves it. */
export function pressing(context: ToolContext, start: PointerInput, under: readonly Shape[]): ToolState {
  const { editor } = context;
  const id = picked(context, under, start.alt);
  const wasSelected = editor.selection.has(id);
  const several = start.shift || start.mod;
  if (!wasSelected) editor.selection.set(several ? [...editor.selection.ids, id] : [id]);
  return {
    id: "select.pressing",
    cursor: () => "move",
    pointerMove(input: PointerInput) {
      if (!dragged(start, input) || editor.readOnly) return;
      const state = translating(context, start);
      context.go(state);
      state.pointerMove?.(input);
    },
    pointerUp() {
      if (wasSelected && several) editor.selection.toggle(id);
      else if (wasSelected) editor.selection.set([id]);
      context.rest();
    },
    cancel: () => {},
  };
}
