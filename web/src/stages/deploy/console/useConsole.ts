import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { api, ok } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import { Sounds } from "./sound";
import { delayAfter, type Known, merged, type Prediction, type Standing, standing } from "./standing";
import { TapQueue } from "./taps";

const ALL_AGAIN = 20; // every so many questions the last answers are read anew, with what others said of them
const NOTHING: Known = { predictions: [], heardAt: null, newestAt: null, failures: 0, paused: false };

async function ask(project: string, deployment: string, after: string | null) {
  const signal = AbortSignal.timeout(5_000);
  return ok(
    api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/predictions", {
      params: {
        path: { project_id: project, deployment_id: deployment },
        query: after ? { after, limit: 8 } : { limit: 8 },
      },
      signal,
    }),
  );
}

/** Asks for news again and again, slower while the server is away, at once when the network or the page is back. */
export function useKnown(project: string, deployment: string, paused: boolean): Known & { signedOut: boolean } {
  const [known, setKnown] = useState<Known>(NOTHING);
  const [signedOut, setSignedOut] = useState(false);
  const now = useRef(known);
  now.current = known;
  useEffect(() => {
    let gone = false;
    let timer = 0;
    let count = 0;
    async function look() {
      window.clearTimeout(timer);
      const before = now.current;
      const after = count++ % ALL_AGAIN ? (before.predictions[0]?.id ?? null) : null;
      try {
        const page = await ask(project, deployment, after);
        if (gone) return;
        setKnown(heard(before, after ? before.predictions : [], page.items));
        setSignedOut(false);
      } catch (error) {
        if (gone) return;
        setSignedOut(error instanceof ApiError && error.status === 401);
        setKnown((last) => ({ ...last, failures: last.failures + 1 }));
      }
      timer = window.setTimeout(look, delayAfter(now.current.failures));
    }
    const back = () => void look();
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", back);
    void look();
    return () => {
      gone = true;
      window.clearTimeout(timer);
      window.removeEventListener("online", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, [project, deployment]);
  return { ...known, paused, signedOut };
}

/** What is known after the server answered. */
function heard(before: Known, kept: readonly Prediction[], items: readonly Prediction[]): Known {
  const at = Date.now();
  const predictions = merged(kept, items);
  const fresh = predictions[0]?.id !== before.predictions[0]?.id;
  const newestAt = fresh ? arrival(before, items[0]?.created_at, at) : before.newestAt;
  return { predictions, heardAt: at, newestAt, failures: 0, paused: false };
}

/** A picture that came while the page watched is new now; one that was there before is as old as it says. */
function arrival(before: Known, createdAt: string | undefined, at: number): number {
  if (before.heardAt !== null || !createdAt) return at;
  return Math.min(at, new Date(createdAt).getTime());
}

/** The standing, told again every second: it grows old by itself. */
export function useStanding(known: Known, quietSeconds: number): Standing {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => tick((n) => n + 1), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return standing(known, Date.now(), quietSeconds);
}

/** The person's taps, sent until they arrive. */
export function useTaps(person: string): { queue: TapQueue; pending: number } {
  const queue = useMemo(() => new TapQueue(person), [person]);
  const pending = useSyncExternalStore(
    (listener) => queue.subscribe(listener),
    () => queue.pending,
  );
  useEffect(() => {
    const send = () => void queue.flush();
    const timer = window.setInterval(send, 5_000);
    window.addEventListener("online", send);
    send();
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", send);
    };
  }, [queue]);
  return { queue, pending };
}

/** Plays the sound of a new verdict, where the designer wants one; never twice for one picture. */
export function useSounds(now: Standing, wanted: Record<"ok" | "defect" | "check", boolean>) {
  const sounds = useMemo(() => new Sounds(), []);
  const [muted, setMuted] = useState(sounds.muted);
  const verdict = now.kind === "answer" ? now.prediction.verdict : "check";
  const key = now.kind === "answer" ? now.prediction.id : `${now.why}${now.prediction?.id ?? ""}`;
  const first = useRef(key);
  useEffect(() => {
    if (key === first.current) return;
    first.current = key;
    if (wanted[verdict]) sounds.play(verdict);
  }, [key, verdict, wanted, sounds]);
  useEffect(() => {
    const wake = () => sounds.wake();
    window.addEventListener("pointerdown", wake);
    return () => {
      window.removeEventListener("pointerdown", wake);
      sounds.close();
    };
  }, [sounds]);
  return {
    muted,
    mute(next: boolean) {
      sounds.mute(next);
      setMuted(next);
    },
  };
}
