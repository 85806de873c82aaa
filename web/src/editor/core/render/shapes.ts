import { intersects } from "../coordinates";
import type { Editor } from "../editor";
import type { Label, Shape } from "../records";
import { FILL_ALPHA, GHOST_DASH, LINE, SMALL, TAG_FROM, TAGS_MOST } from "./style";
import { drawTag } from "./tags";

/** Marks drawn with one fill and one stroke together. */
interface Batch {
  readonly color: string;
  readonly ghost: boolean;
  readonly labels: Label[];
}

/** Marks on the canvas that are not being dragged. Selected ones are drawn again above, so selecting redraws no others. */
function restingShapes(editor: Editor): Shape[] {
  const { hidden } = editor.preview;
  return editor.index.search(editor.viewport.visible()).flatMap((id) => {
    if (hidden.has(id)) return [];
    return editor.pickable(id) ?? [];
  });
}

function batchesOf(editor: Editor, shapes: readonly Shape[]): Batch[] {
  const batches = new Map<string, Batch>();
  for (const { label, ghost } of shapes) {
    const color = editor.labelClass(label.label)?.color ?? "#9aa4b1";
    const key = `${color}${ghost}`;
    let batch = batches.get(key);
    if (!batch) {
      batch = { color, ghost, labels: [] };
      batches.set(key, batch);
    }
    batch.labels.push(label);
  }
  return [...batches.values()];
}

/** Outline and light fill of many marks of one colour. */
export function drawBatch(
  context: CanvasRenderingContext2D,
  editor: Editor,
  labels: readonly Label[],
  style: { color: string; dash: boolean; line: number; fill: number },
): void {
  const { viewport } = editor;
  if (style.fill > 0) {
    context.fillStyle = style.color;
    context.globalAlpha = style.fill;
    for (const label of labels) {
      const rect = editor.bounds(label);
      if (!rect || Math.min(rect.width, rect.height) * viewport.scale < SMALL) continue;
      editor.definition(label).paint(context, label, viewport, "inside");
    }
    context.globalAlpha = 1;
  }
  context.strokeStyle = style.color;
  context.lineWidth = style.line;
  if (style.dash) context.setLineDash([...GHOST_DASH]);
  for (const label of labels) editor.definition(label).paint(context, label, viewport, "outline");
  if (style.dash) context.setLineDash([]);
}

function drawTags(context: CanvasRenderingContext2D, editor: Editor, shapes: readonly Shape[]): void {
  const least = TAG_FROM / editor.viewport.scale;
  const roomy = shapes.filter(({ label }) => {
    const rect = editor.bounds(label);
    return rect !== null && Math.max(rect.width, rect.height) >= least;
  });
  if (roomy.length > TAGS_MOST) return;
  for (const { label, ghost } of roomy) drawTag(context, editor, label, ghost);
}

/** The layer of marks at rest. */
export function drawShapes(context: CanvasRenderingContext2D, editor: Editor): void {
  if (editor.overlays.showOwn) {
    const shapes = restingShapes(editor);
    for (const { color, ghost, labels } of batchesOf(editor, shapes)) {
      drawBatch(context, editor, labels, { color, dash: ghost, line: LINE, fill: ghost ? 0 : FILL_ALPHA });
    }
    if (editor.settings.values.tags) drawTags(context, editor, shapes);
  }
  const visible = editor.viewport.visible();
  for (const layer of editor.overlays.visible()) {
    const labels = layer.labels.filter((label) => {
      const rect = editor.bounds(label);
      return rect !== null && intersects(rect, visible);
    });
    drawBatch(context, editor, labels, { color: layer.color, dash: true, line: 2.5, fill: 0 });
    if (labels.length <= TAGS_MOST) for (const label of labels) drawTag(context, editor, label, false);
  }
}
