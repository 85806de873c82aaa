import { useEffect, useRef, useState } from "react";
import type { Editor } from "../core/editor";

const IDLE_AFTER_MS = 60_000;

/** Seconds on this item, stopping after a minute without a command, as the server counts. For the eye only. */
export function useWorkClock(editor: Editor, worked: number): number {
  const [seconds, setSeconds] = useState(worked);
  const active = useRef(0);
  const document = editor.document?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another item starts its own count
  useEffect(() => {
    setSeconds(worked);
    active.current = Date.now();
    const stop = editor.history.onCommand(() => {
      active.current = Date.now();
    });
    const timer = setInterval(() => {
      if (Date.now() - active.current < IDLE_AFTER_MS) setSeconds((value) => value + 1);
    }, 1000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [editor, worked, document]);
  return seconds;
}
