import type { ToolDefinition } from "../../core/tool";
import { idle } from "./idle";

export const box: ToolDefinition = { id: "box", draws: "box", hotkey: "B", start: idle };
