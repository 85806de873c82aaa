import type { Editor } from "../editor";
import type { Label } from "../records";
import { drawBatch } from "./shapes";
import { FILL_ALPHA, GRIP, LINE_SELECTED } from "./style";
import { drawTag } from "./tags";

const GRIPS_FOR = 1;
const TAGS_FOR = 30;
const FILL_FOR = 300;

function drawGrips(context: CanvasRenderingContext2D, editor: Editor, label: Label): void {
  context.fillStyle = "#ffffff";
  context.strokeStyle = editor.labelClass(label.label)?.color ?? "#9aa4b1";
  context.lineWidth = LINE_SELECTED;
  for (const { point } of editor.definition(label).handles(label)) {
    const at = editor.viewport.toScreen(point);
    context.fillRect(at.x - GRIP / 2, at.y - GRIP / 2, GRIP, GRIP);
    context.strokeRect(at.x - GRIP / 2, at.y - GRIP / 2, GRIP, GRIP);
  }
}

/** Marks in the colour of their class, above everything at rest. */
function drawRaised(context: CanvasRenderingContext2D, editor: Editor, labels: readonly Label[]): void {
  const fill = labels.length > FILL_FOR ? 0 : FILL_ALPHA;
  for (const [color, group] of groupByColor(editor, labels)) {
    const ghosts = group.filter((label) => editor.store.ghosts.get(label.id)?.state === "pending");
    const own = group.filter((label) => !ghosts.includes(label));
    drawBatch(context, editor, own, { color, dash: false, line: LINE_SELECTED, fill });
    if (ghosts.length) drawBatch(context, editor, ghosts, { color, dash: true, line: LINE_SELECTED, fill });
  }
}

function groupByColor(editor: Editor, labels: readonly Label[]): Map<string, Label[]> {
  const groups = new Map<string, Label[]>();
  for (const label of labels) {
    const color = editor.labelClass(label.label)?.color ?? "#9aa4b1";
    const group = groups.get(color);
    if (group) group.push(label);
    else groups.set(color, [label]);
  }
  return groups;
}

function drawCrosshair(context: CanvasRenderingContext2D, editor: Editor): void {
  const { pointer } = editor.preview;
  if (!pointer || !editor.settings.values.crosshair || editor.machine.tool.draws === null) return;
  const { canvas } = editor.viewport;
  const at = editor.viewport.toScreen(pointer);
  const x = Math.round(at.x) + 0.5;
  const y = Math.round(at.y) + 0.5;
  context.lineWidth = 1;
  // Dark under light, so that the lines are seen on any ground.
  for (const [color, shift] of [
    ["rgba(0,0,0,0.55)", 1],
    ["rgba(255,255,255,0.75)", 0],
  ] as const) {
    context.strokeStyle = color;
    context.beginPath();
    context.moveTo(0, y + shift);
    context.lineTo(canvas.width, y + shift);
    context.moveTo(x + shift, 0);
    context.lineTo(x + shift, canvas.height);
    context.stroke();
  }
}

function drawBand(context: CanvasRenderingContext2D, editor: Editor): void {
  const { band } = editor.preview;
  if (!band) return;
  const at = editor.viewport.toScreen({ x: band.x, y: band.y });
  const width = band.width * editor.viewport.scale;
  const height = band.height * editor.viewport.scale;
  context.fillStyle = "rgba(79,155,242,0.15)";
  context.fillRect(at.x, at.y, width, height);
  context.strokeStyle = "#4f9bf2";
  context.lineWidth = 1;
  context.strokeRect(at.x, at.y, width, height);
}

/** The layer above: selected marks, a gesture in progress, grips, rubber band, crosshair. */
export function drawMarks(context: CanvasRenderingContext2D, editor: Editor): void {
  if (editor.overlays.showOwn) {
    const { hidden, labels, hover } = editor.preview;
    const selected = [...editor.selection.ids].filter((id) => !hidden.has(id));
    const raised = [...selected.flatMap((id) => editor.pickable(id)?.label ?? []), ...labels];
    if (hover && !editor.selection.has(hover)) {
      const shape = editor.pickable(hover);
      if (shape) raised.push(shape.label);
    }
    drawRaised(context, editor, raised);
    if (raised.length <= TAGS_FOR) {
      for (const label of raised)
        drawTag(context, editor, label, editor.store.ghosts.get(label.id)?.state === "pending");
    }
    const withGrips = labels.length ? labels : selected.flatMap((id) => editor.pickable(id)?.label ?? []);
    if (withGrips.length === GRIPS_FOR && !editor.readOnly)
      for (const label of withGrips) drawGrips(context, editor, label);
  }
  drawBand(context, editor);
  drawCrosshair(context, editor);
}
