import { screenPoint } from "../coordinates";
import type { Editor } from "../editor";
import type { SettingValues } from "../settings";
import type { ToolId } from "../tool";
import { type Action, done } from "./action";

const ZOOM_STEP = 1.25;

function zoom(editor: Editor, factor: number): boolean {
  const { pointer } = editor.preview;
  const { canvas } = editor.viewport;
  const at = pointer ? editor.viewport.toScreen(pointer) : screenPoint(canvas.width / 2, canvas.height / 2);
  return done(() => editor.viewport.zoomAt(at, factor));
}

function flip(editor: Editor, key: "crosshair" | "tags" | "ghosts" | "marks" | "keepZoom"): boolean {
  const change: Partial<Record<typeof key, boolean>> = { [key]: !editor.settings.values[key] };
  return done(() => editor.settings.set(change as Partial<SettingValues>));
}

function leave(editor: Editor): boolean {
  if (editor.machine.busy) editor.machine.cancel();
  else editor.selection.clear();
  return true;
}

function tool(id: ToolId, key: string): Action {
  return { id: `tool_${id}`, group: "tools", keys: [key], run: (editor) => done(() => editor.setTool(id)) };
}

export const viewActions: readonly Action[] = [
  tool("select", "V"),
  tool("box", "B"),
  { id: "cancel", group: "tools", keys: ["Escape"], run: leave },
  { id: "zoom_in", group: "view", keys: ["="], run: (editor) => zoom(editor, ZOOM_STEP) },
  { id: "zoom_out", group: "view", keys: ["-"], run: (editor) => zoom(editor, 1 / ZOOM_STEP) },
  { id: "zoom_fit", group: "view", keys: ["Shift+0", "Home"], run: (editor) => done(() => editor.viewport.fit()) },
  { id: "zoom_one", group: "view", keys: ["Shift+1"], run: (editor) => done(() => editor.viewport.zoomTo(1)) },
  { id: "crosshair", group: "view", keys: ["X"], run: (editor) => flip(editor, "crosshair") },
  { id: "tags", group: "view", keys: ["L"], run: (editor) => flip(editor, "tags") },
  { id: "marks", group: "view", keys: ["I"], run: (editor) => flip(editor, "marks") },
  { id: "ghosts", group: "prelabels", keys: ["U"], run: (editor) => flip(editor, "ghosts") },
  { id: "keep_zoom", group: "view", keys: ["K"], run: (editor) => flip(editor, "keepZoom") },
  {
    id: "blink",
    group: "view",
    keys: ["O"],
    run: (editor) => editor.overlays.layers.length > 0 && done(() => editor.overlays.blink(!editor.overlays.blinking)),
  },
  { id: "filters", group: "view", keys: ["F"], run: (editor) => done(() => editor.host.togglePanel("filters")) },
  { id: "filters_off", group: "view", keys: ["Shift+F"], run: (editor) => done(() => editor.filters.reset()) },
  {
    id: "shortcuts",
    group: "item",
    keys: ["Mod+/"],
    run: (editor) => done(() => editor.host.togglePanel("shortcuts")),
  },
  { id: "submit", group: "item", keys: ["Enter"], run: (editor) => done(() => editor.host.submit()) },
  { id: "skip", group: "item", keys: ["Mod+Enter"], run: (editor) => done(() => editor.host.skip()) },
  { id: "ask", group: "item", keys: ["Shift+/"], run: (editor) => done(() => editor.host.ask()) },
];
