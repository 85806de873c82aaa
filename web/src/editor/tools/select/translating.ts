import { editShapes } from "../../core/commands/labels";
import { extentOf, movedLabels } from "../../core/commands/transform";
import type { Label } from "../../core/records";
import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { snapReach } from "../shared/distances";

/** The selected marks follow the pointer, together, inside the picture. */
export function translating(context: ToolContext, start: PointerInput): ToolState {
  const { editor } = context;
  const before = editor
    .selected()
    .map((shape) => shape.label)
    .filter((label) => editor.bounds(label) !== null);
  const extent = extentOf(editor, before);
  let current: readonly Label[] = before;
  editor.preview.show(current);
  return {
    id: "select.translating",
    cursor: () => "move",
    pointerMove(input: PointerInput) {
      const dx = input.image.x - start.image.x;
      const dy = input.image.y - start.image.y;
      // Shift holds the move to one axis.
      const [x, y] = input.shift ? (Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy]) : [dx, dy];
      current = movedLabels(editor, before, x, y, snapReach(editor, input), extent);
      editor.preview.show(current);
    },
    pointerUp() {
      const after = new Map(current.map((label) => [label.id, label]));
      editor.preview.clear();
      editShapes(editor, "move", after.keys(), (label) => after.get(label.id) ?? label);
      context.rest();
    },
    cancel: () => editor.preview.clear(),
  };
}
