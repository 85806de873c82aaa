import { addLabels, newLabelBase } from "../../core/commands/labels";
import { clampPoint, rectBetween, snapToEdge, tidy } from "../../core/coordinates";
import type { BoxLabel } from "../../core/records";
import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { snapReach } from "../shared/distances";

/** A box grows from the pressed corner to the pointer. */
export function creating(context: ToolContext, start: PointerInput): ToolState {
  const { editor } = context;
  const chosen = editor.labelClass(editor.settings.values.activeClass);
  const labelClass = chosen?.kind === "box" ? chosen : editor.labelSet.classes.find((entry) => entry.kind === "box");
  const base = labelClass ? newLabelBase(editor, labelClass) : null;
  let current: BoxLabel | null = null;
  editor.selection.clear();
  return {
    id: "box.creating",
    cursor: () => "crosshair",
    pointerMove(input: PointerInput) {
      if (!base) return;
      const reach = snapReach(editor, input);
      const from = snapToEdge(clampPoint(start.image, editor.picture), editor.picture, reach);
      const to = snapToEdge(clampPoint(input.image, editor.picture), editor.picture, reach);
      const rect = rectBetween(from, to);
      const [x, y, width, height] = [tidy(rect.x), tidy(rect.y), tidy(rect.width), tidy(rect.height)];
      current = { kind: "box", ...base, x, y, width, height };
      editor.preview.setPointer(input.image, null);
      editor.preview.show([current]);
    },
    pointerUp() {
      editor.preview.clear();
      if (current && current.width > 0 && current.height > 0) addLabels(editor, "draw", [current]);
      context.rest();
    },
    cancel: () => editor.preview.clear(),
  };
}
