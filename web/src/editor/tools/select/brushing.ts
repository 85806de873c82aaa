import { idsInside } from "../../core/commands/select";
import { rectBetween } from "../../core/coordinates";
import type { PointerInput, ToolContext, ToolState } from "../../core/tool";
import { dragged } from "../shared/distances";

/** A rubber band from empty ground; Shift adds to what is selected. */
export function brushing(context: ToolContext, start: PointerInput): ToolState {
  const { editor } = context;
  const original = [...editor.selection.ids];
  const before = start.shift ? original : [];
  let moved = false;
  return {
    id: "select.brushing",
    pointerMove(input: PointerInput) {
      moved ||= dragged(start, input);
      if (!moved) return;
      const band = rectBetween(start.image, input.image);
      editor.preview.setBand(band);
      editor.selection.set([...before, ...idsInside(editor, band)]);
    },
    pointerUp() {
      editor.preview.clear();
      if (!moved) editor.selection.set(before);
      context.rest();
    },
    cancel() {
      editor.preview.clear();
      editor.selection.set(original);
    },
  };
}
