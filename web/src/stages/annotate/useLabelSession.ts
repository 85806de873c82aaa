import { useCallback, useEffect, useState } from "react";
import { Signal } from "../../editor/core/signal";
import { useSignal } from "../../editor/react/useSignal";
import { LabelSession } from "./session";
import { holdTab } from "./tab";

const NOTHING = new Signal();

export interface Held {
  readonly session: LabelSession | null;
  /** Another tab of this browser labels. */
  readonly elsewhere: boolean;
  readonly takeOver: () => void;
}

/** The session of this person in this project, in one tab at a time. */
export function useLabelSession(project: string, person: string | undefined): Held {
  const [session, setSession] = useState<LabelSession | null>(null);
  const [elsewhere, setElsewhere] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!person) return undefined;
    const made = new LabelSession(project, person);
    const leave = () => {
      made.scope.dispose();
      setSession(null);
      setElsewhere(true);
    };
    const begin = async () => {
      if (made.scope.disposed) return;
      const mine = await holdTab(person, made.scope, attempt > 0, leave);
      if (made.scope.disposed) return;
      setElsewhere(!mine);
      if (!mine) return;
      setSession(made);
      await made.start();
    };
    // A moment later: a page that was just left gives its lock back first.
    const timer = setTimeout(() => void begin(), 0);
    return () => {
      clearTimeout(timer);
      made.scope.dispose();
      setSession(null);
    };
  }, [project, person, attempt]);
  useSignal(session?.changed ?? NOTHING);
  const takeOver = useCallback(() => setAttempt((value) => value + 1), []);
  return { session, elsewhere, takeOver };
}
