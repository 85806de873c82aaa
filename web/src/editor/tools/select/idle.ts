import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { pickReach } from "../shared/distances";
import { gripAt } from "../shared/grip";
import { resizing } from "../shared/resizing";
import { brushing } from "./brushing";
import { pressing } from "./pressing";

/** Nothing pressed: shows what a press would do. */
export function idle(context: ToolContext): ToolState {
  const { editor } = context;
  let cursor = "default";
  return {
    id: "select.idle",
    cursor: () => cursor,
    pointerMove(input: PointerInput) {
      const grip = gripAt(editor, input.screen);
      const [hovered] = grip ? [] : editor.at(input.image, pickReach(editor));
      cursor = grip?.handle.cursor ?? (hovered ? "move" : "default");
      editor.preview.setPointer(input.image, hovered?.label.id ?? null);
    },
    pointerDown(input: PointerInput) {
      const grip = gripAt(editor, input.screen);
      if (grip) {
        context.go(resizing("select", context, grip));
        return;
      }
      const under = editor.at(input.image, pickReach(editor));
      context.go(under.length ? pressing(context, input, under) : brushing(context, input));
    },
  };
}
