import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { dragged, pickReach } from "../shared/distances";
import { creating } from "./creating";

/** Pressed but not yet dragged: a click selects what is there, a drag draws a box. */
export function pressing(context: ToolContext, start: PointerInput): ToolState {
  const { editor } = context;
  return {
    id: "box.pressing",
    cursor: () => "crosshair",
    pointerMove(input: PointerInput) {
      if (!dragged(start, input) || editor.readOnly) return;
      const state = creating(context, start);
      context.go(state);
      state.pointerMove?.(input);
    },
    pointerUp(input: PointerInput) {
      const [hit] = editor.at(input.image, pickReach(editor));
      editor.selection.set(hit ? [hit.label.id] : []);
      context.rest();
    },
    cancel: () => {},
  };
}
