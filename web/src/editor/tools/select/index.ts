import type { ToolDefinition } from "../../core/tool";
import { idle } from "./idle";

export const select: ToolDefinition = { id: "select", draws: null, hotkey: "V", start: idle };
