import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { gripAt } from "../shared/grip";
import { resizing } from "../shared/resizing";
import { pressing } from "./pressing";

/** Waits for the first corner; the grips of the box just drawn stay in reach. */
export function idle(context: ToolContext): ToolState {
  const { editor } = context;
  let cursor = "crosshair";
  return {
    id: "box.idle",
    cursor: () => cursor,
    pointerMove(input: PointerInput) {
      cursor = gripAt(editor, input.screen)?.handle.cursor ?? "crosshair";
      editor.preview.setPointer(input.image, null);
    },
    pointerDown(input: PointerInput) {
      const grip = gripAt(editor, input.screen);
      if (grip) context.go(resizing("box", context, grip));
      else context.go(pressing(context, input));
    },
  };
}
