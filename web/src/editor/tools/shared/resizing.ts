import { editShapes } from "../../core/commands/labels";
import { snapToEdge } from "../../core/coordinates";
import type { Label } from "../../core/records";
import { sameMark } from "../../core/records";
import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { snapReach } from "./distances";
import type { Grip } from "./grip";

/** A grip is being dragged; what is seen becomes a command when it is let go. */
export function resizing(tool: string, context: ToolContext, grip: Grip): ToolState {
  const { editor } = context;
  let current: Label = grip.label;
  editor.preview.show([current]);
  return {
    id: `${tool}.resizing`,
    cursor: () => grip.handle.cursor,
    pointerMove(input: PointerInput) {
      const to = snapToEdge(input.image, editor.picture, snapReach(editor, input));
      current = editor.definition(grip.label).moveHandle(grip.label, grip.handle.id, to, editor.picture);
      editor.preview.show([current]);
    },
    pointerUp() {
      editor.preview.clear();
      if (!sameMark(current, grip.label)) editShapes(editor, "resize", [grip.label.id], () => current);
      context.rest();
    },
    cancel: () => editor.preview.clear(),
  };
}
