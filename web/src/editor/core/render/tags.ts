import type { Editor } from "../editor";
import type { Label } from "../records";
import { inkOn, TAG_FONT, TAG_HEIGHT } from "./style";

/** What stands on a mark: class, attribute values, and for a proposal the model's confidence. */
export function tagText(editor: Editor, label: Label, ghost: boolean): string {
  const labelClass = editor.labelClass(label.label);
  const name = labelClass?.name ?? label.label;
  if (ghost) return label.score === null ? `${name}?` : `${name}? ${label.score.toFixed(2)}`;
  const values = (labelClass?.attributes ?? []).flatMap((spec) => {
    const value = label.attributes[spec.key];
    if (spec.type === "choice") return spec.options.find((option) => option.value === value)?.name ?? [];
    return spec.type === "flag" && value === true ? spec.name : [];
  });
  return [name, ...values].join(" · ");
}

/** Measuring text is slow; the same few texts come again and again. */
const widths = new Map<string, number>();

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    width = context.measureText(text).width;
    if (widths.size > 2000) widths.clear();
    widths.set(text, width);
  }
  return width;
}

/** Draws the tag above the mark's top left corner, or inside it at the canvas's upper edge. */
export function drawTag(context: CanvasRenderingContext2D, editor: Editor, label: Label, ghost: boolean): void {
  const rect = editor.bounds(label);
  if (!rect) return;
  const corner = editor.viewport.toScreen({ x: rect.x, y: rect.y });
  const text = tagText(editor, label, ghost);
  const color = editor.labelClass(label.label)?.color ?? "#9aa4b1";
  context.font = TAG_FONT;
  const width = widthOf(context, text) + 14;
  const top = corner.y >= TAG_HEIGHT ? corner.y - TAG_HEIGHT : Math.max(corner.y, 0);
  const left = Math.max(corner.x - 1, 0);
  context.fillStyle = color;
  context.fillRect(left, top, width, TAG_HEIGHT);
  context.fillStyle = inkOn(color);
  context.textBaseline = "middle";
  context.fillText(text, left + 7, top + TAG_HEIGHT / 2 + 0.5);
}
