import type { Work as LocalWork } from "../../editor/sync/work";
import type { WorkInfo } from "./reading";
import type { LabelSession } from "./session";
import { type KeptDraft, toLabel } from "./workApi";

/** Something drawn that could not be handed in: on the server, on this machine, or both. */
export interface Kept {
  readonly key: string;
  readonly name: string;
  readonly task: string;
  readonly count: number;
  readonly reason: string;
  readonly draft: KeptDraft | null;
  readonly local: LocalWork | null;
  /** Whether one can go on with it now. */
  readonly usable: boolean;
}

/** One list of both: the same task kept here and there is one entry. */
export function keptList(session: LabelSession, drafts: readonly KeptDraft[]): Kept[] {
  const local = session.queue.kept().filter((work) => (work.info as WorkInfo).project === session.project);
  const byTask = new Map(local.map((work) => [(work.info as WorkInfo).task, work]));
  const openTask = session.lost ? null : session.open?.work.task_id;
  const listed = drafts.map((draft): Kept => {
    const here = byTask.get(draft.task_id) ?? null;
    byTask.delete(draft.task_id);
    const count = here ? here.snapshot().labels.length : (draft.labels?.length ?? 0);
    const { id: key, item_name: name, task_id: task, reason } = draft;
    return { key, name, task, count, reason: reason ?? "", draft, local: here, usable: draft.task_open };
  });
  for (const [task, work] of byTask) {
    const reason = String(work.refusal?.params.reason ?? work.refusal?.code ?? "");
    const count = work.snapshot().labels.length;
    const { name } = work.info as WorkInfo;
    const entry = { key: work.lease, name, task, count, reason, draft: null, local: work };
    listed.push({ ...entry, usable: openTask === task });
  }
  return listed;
}

/** Goes on with it: takes its task back, and puts in what this machine knows, which may be more than the server's. */
export async function adoptKept(session: LabelSession, { draft, local }: Kept): Promise<void> {
  const stored = draft && { labels: (draft.labels ?? []).map(toLabel), ghosts: [], nothing: draft.nothing };
  const labels = local?.snapshot() ?? stored;
  const { open } = session;
  const work = draft ? await session.api.adopt(draft.id) : open?.work;
  if (!work) return;
  if (local) await session.queue.discard(local.lease);
  await session.show(work, labels);
}

export async function discardKept(session: LabelSession, { draft, local }: Kept): Promise<void> {
  if (draft) await session.api.discard(draft.id);
  if (local) await session.queue.discard(local.lease);
}
