import { ApiError } from "../../api/errors";
import type { Command } from "../../editor/core/changes";
import { addLabel, removeLabel } from "../../editor/core/changes";
import type { Problem } from "../../editor/core/checks";
import type { Ghost } from "../../editor/core/records";
import type { Snapshot } from "../../editor/core/store";
import type { Beginning } from "../../editor/sync/queue";
import type { Refusal } from "../../editor/sync/transport";
import type { Conflict } from "./states";
import { toLabel, type Work } from "./workApi";

/** What the page wants to know of work that it finds again on this machine. */
export interface WorkInfo {
  readonly project: string;
  readonly task: string;
  readonly item: string;
  readonly name: string;
}

function startOf(work: Work): Snapshot {
  const labels = work.labels.map(toLabel);
  const taken = new Set(labels.map((label) => label.origin));
  const ghosts = work.prelabels.map((stored, place): Ghost => {
    const label = toLabel(stored, place);
    return { id: label.id, label, state: taken.has(label.id) ? "taken" : "pending" };
  });
  return { labels, ghosts, nothing: work.nothing };
}

/** How the queue starts with work as the server handed it out. */
export function beginningOf(work: Work): Beginning {
  const info: WorkInfo = { project: work.project_id, task: work.task_id, item: work.item.id, name: work.item.name };
  return { lease: work.lease_id, base: startOf(work), seq: work.seq, info };
}

/** Anything that went wrong in the words of an error of the API; what is none was a picture that could not be read. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(0, { code: "picture.failed", message, params: {}, request_id: "" });
}

export function problemsOf({ params }: Refusal): Problem[] {
  const listed = Array.isArray(params.problems) ? (params.problems as Record<string, unknown>[]) : [];
  return listed.map((problem) => ({
    code: String(problem.code),
    labelId: String(problem.label_id ?? ""),
    params: (problem.params ?? {}) as Record<string, unknown>,
  }));
}

export function conflictOf({ params }: Refusal): Conflict {
  const current = (params.current ?? {}) as Record<string, unknown>;
  const labels = Array.isArray(current.labels) ? current.labels.map(toLabel) : [];
  return { revision: Number(current.revision ?? 0), labels, nothing: current.nothing === true };
}

/** The step that puts `after` in the place of what is there. */
export function replacing(before: Snapshot, after: Pick<Snapshot, "labels" | "nothing">, seq: number): Command {
  return {
    seq,
    name: "replace",
    at: Date.now(),
    changes: [
      ...before.labels.map(removeLabel),
      ...after.labels.map(addLabel),
      { table: "item", id: "nothing", before: before.nothing, after: after.nothing },
    ],
  };
}
