import type { ToolDefinition, ToolId } from "../core/tool";
import { box } from "./box";
import { select } from "./select";

/** One line per tool. */
export const tools = { select, box } satisfies Record<ToolId, ToolDefinition>;
