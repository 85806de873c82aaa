import { useCallback, useEffect, useRef, useState } from "react";
import type { EditorDocument } from "../../editor/core/editor";
import type { Label } from "../../editor/core/records";
import type { Snapshot } from "../../editor/core/store";
import { openPicture } from "../../editor/core/tiled";
import { toLabels } from "../quality/labelset";
import { answerStep, beat, nextStep, type StudyWork, type Verdict } from "./queries";

const BEAT_MS = 60_000;

interface Kept {
  labels: readonly Label[];
  nothing: boolean;
}

const keyOf = (task: string) => `tg_study:${task}`;

/** What was drawn before this page was closed; the exam goes on where it was. */
function recall(task: string): Kept | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(task)) ?? "null");
    return found as Kept | null;
  } catch {
    return null;
  }
}

/** The bytes of an item cannot be drawn: somebody has to refuse it on the data page. */
export class BrokenPicture extends Error {
  constructor(
    readonly item: string,
    options?: ErrorOptions,
  ) {
    super(item, options);
    this.name = "BrokenPicture";
  }
}

export interface Study {
  work: StudyWork | null;
  document: EditorDocument | null;
  /** Practice: the judgement of the answer that is shown. */
  verdict: Verdict | null;
  sending: boolean;
  /** When the drawing was last kept on this machine. */
  keptAt: number | null;
  error: unknown;
  keep: (snapshot: () => Snapshot) => void;
  answer: (snapshot: Snapshot) => void;
  next: () => void;
}

/** One series of practice or exam: opens items, keeps what is drawn on this machine, sends answers. */
export function useStudy(project: string, attempt: string, onEnd: () => void): Study {
  const [work, setWork] = useState<StudyWork | null>(null);
  const [document, setDocument] = useState<EditorDocument | null>(null);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [over, setOver] = useState(false);
  const [keptAt, setKeptAt] = useState<number | null>(null);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const picture = useRef<Awaited<ReturnType<typeof openPicture>> | null>(null);
  const end = useRef(onEnd);
  end.current = onEnd;

  const next = useCallback(async () => {
    setError(null);
    setVerdict(null);
    setKeptAt(null);
    setDocument(null);
    try {
      const step = await nextStep(project, attempt);
      if (!step.work) {
        end.current();
        return;
      }
      const { item, lease_id, task_id, labels, nothing } = step.work;
      const loaded = await openPicture(item).catch((cause: unknown) => {
        throw new BrokenPicture(item.name, { cause });
      });
      picture.current?.close();
      picture.current = loaded;
      const kept = recall(task_id);
      setWork(step.work);
      setDocument({
        id: lease_id,
        picture: loaded,
        labels: kept?.labels ?? toLabels(labels),
        ghosts: [],
        nothing: kept?.nothing ?? nothing,
        seq: 0,
        readOnly: false,
      });
    } catch (failure) {
      setError(failure);
    }
  }, [project, attempt]);

  useEffect(() => {
    void next();
    return () => picture.current?.close();
  }, [next]);

  const lease = work?.lease_id;
  useEffect(() => {
    if (!lease || verdict) return undefined;
    const timer = setInterval(() => void beat(project, lease).catch(() => undefined), BEAT_MS);
    return () => clearInterval(timer);
  }, [project, lease, verdict]);

  const keep = (snapshot: () => Snapshot) => {
    if (!work || !document || verdict) return;
    const { labels, nothing } = snapshot();
    try {
      localStorage.setItem(keyOf(work.task_id), JSON.stringify({ labels, nothing }));
      setKeptAt(Date.now());
    } catch {
      // Full or blocked: the answer is still on the screen.
    }
  };

  const answer = async ({ labels, nothing }: Snapshot) => {
    if (!work || !document || sending || verdict) return;
    setSending(true);
    setError(null);
    try {
      const judged = await answerStep(project, attempt, {
        task_id: work.task_id,
        labels: labels as unknown as Record<string, unknown>[],
        nothing,
      });
      localStorage.removeItem(keyOf(work.task_id));
      if (judged.verdict) {
        setOver(judged.attempt !== null);
        setVerdict(judged.verdict);
        setDocument({ ...document, labels, nothing, readOnly: true });
      } else if (judged.attempt) end.current();
      else await next();
    } catch (failure) {
      setError(failure);
    } finally {
      setSending(false);
    }
  };

  return {
    work,
    document,
    verdict,
    sending,
    keptAt,
    error,
    keep,
    answer: (snapshot) => void answer(snapshot),
    next: () => (over ? end.current() : void next()),
  };
}
