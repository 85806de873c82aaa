import { type ImageRect, intersects } from "../coordinates";
import type { Editor } from "../editor";
import type { Label, Shape } from "../records";
import { FILL_ALPHA, GHOST_DASH, LINE, SMALL, TAG_FROM, TAG_HEIGHT, TAGS_MOST } from "./style";
import { drawTag } from "./tags";

/** From so many selected marks on their outlines are left to the layer above. */
const COVERED_FROM = 300;

/** Marks drawn with one fill and one stroke together. */
interface Batch {
  readonly color: string;
  readonly ghost: boolean;
  readonly labels: Label[];
}

/** Marks on the canvas that are not being dragged. Selected ones are drawn again above, so selecting redraws no others. */
function restingShapes(editor: Editor, part: ImageRect): Shape[] {
  const { hidden } = editor.preview;
  const shapes: Shape[] = [];
  for (const id of editor.index.search(part)) {
    const shape = hidden.has(id) ? null : editor.pickable(id);
    if (shape) shapes.push(shape);
  }
  return shapes;
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
  // In a fixed order: what lies over what must not depend on the part that is drawn.
  return [...batches].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, batch]) => batch);
}

/** Outline and light fill of many marks of one colour; `outlined` are those that get an outline here. */
export function drawBatch(
  context: CanvasRenderingContext2D,
  editor: Editor,
  labels: readonly Label[],
  style: { color: string; dash: boolean; line: number; fill: number },
  outlined: readonly Label[] = labels,
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
  for (const label of outlined) editor.definition(label).paint(context, label, viewport, "outline");
  if (style.dash) context.setLineDash([]);
}

/**
 * Many selected marks have their thicker outline in the layer above: drawing each twice would cost a third of a frame.
 * The renderer draws this layer anew when they are no longer selected.
 */
export function coveredOutlines(editor: Editor): ReadonlySet<string> | null {
  return editor.selection.size > COVERED_FROM ? editor.selection.ids : null;
}

/** Marks large enough on the screen to carry a tag. */
function roomyShapes(editor: Editor, shapes: readonly Shape[]): Shape[] {
  const least = TAG_FROM / editor.viewport.scale;
  return shapes.filter(({ label }) => {
    const rect = editor.bounds(label);
    return rect !== null && Math.max(rect.width, rect.height) >= least;
  });
}

/** How far a tag may reach beyond its mark, in CSS pixels. */
export const TAG_REACH = { across: 320, up: TAG_HEIGHT + 4 } as const;

function drawOwn(context: CanvasRenderingContext2D, editor: Editor, part: ImageRect, tags: boolean | null): boolean {
  const shapes = restingShapes(editor, part);
  const covered = coveredOutlines(editor);
  for (const { color, ghost, labels } of batchesOf(editor, shapes)) {
    const outlined = covered ? labels.filter((label) => !covered.has(label.id)) : labels;
    drawBatch(context, editor, labels, { color, dash: ghost, line: LINE, fill: ghost ? 0 : FILL_ALPHA }, outlined);
  }
  if (!editor.settings.values.tags || tags === false) return false;
  const roomy = roomyShapes(editor, shapes);
  if (tags === null && roomy.length > TAGS_MOST) return false;
  roomy.sort((a, b) => (a.label.id < b.label.id ? -1 : 1));
  for (const { label, ghost } of roomy) drawTag(context, editor, label, ghost);
  return true;
}

function drawLayers(context: CanvasRenderingContext2D, editor: Editor, part: ImageRect): void {
  for (const layer of editor.overlays.visible()) {
    const labels = layer.labels.filter((label) => {
      const rect = editor.bounds(label);
      return rect !== null && intersects(rect, part);
    });
    drawBatch(context, editor, labels, { color: layer.color, dash: true, line: 2.5, fill: 0 });
    if (labels.length <= TAGS_MOST) for (const label of labels) drawTag(context, editor, label, false);
  }
}

/**
 * The layer of marks at rest, or the part of it inside `part` (already clipped and cleared).
 * @param tags whether tags are shown; null decides by how many there would be.
 * @returns whether they were.
 */
export function drawShapes(
  context: CanvasRenderingContext2D,
  editor: Editor,
  part: ImageRect,
  tags: boolean | null,
): boolean {
  const withTags = editor.overlays.showOwn && drawOwn(context, editor, part, tags);
  drawLayers(context, editor, part);
  return withTags;
}
