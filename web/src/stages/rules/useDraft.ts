import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../../api/errors";
import { type Content, contentOf, type Pictures, type RuleVersion, useRuleActions } from "./queries";

const PAUSE = 900;

export interface Draft {
  content: Content;
  pictures: Pictures;
  change: (part: Partial<Content>) => void;
  state: "saved" | "saving" | "waiting" | "failed";
  /** Counts saves, so that what depends on the stored draft is asked for anew. */
  saved: number;
  error: unknown;
  /** Somebody else's save, when it came in between. */
  theirs: RuleVersion | null;
  takeTheirs: () => void;
  keepMine: () => void;
  /** Stores what waits; true when all is stored. */
  flush: () => Promise<boolean>;
}

/** A draft that saves itself a moment after each change, and never overwrites another person's save unasked. */
export function useDraft(project: string, draft: RuleVersion): Draft {
  const [content, setContent] = useState<Content>(() => contentOf(draft));
  const [pictures, setPictures] = useState<Pictures>(draft.pictures ?? {});
  const [state, setState] = useState<Draft["state"]>("saved");
  const [saved, setSaved] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const revision = useRef<number | null>(draft.revision);
  const latest = useRef(content);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const client = useQueryClient();
  const { mutateAsync } = useRuleActions(project).saveDraft;

  const save = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    const sent = latest.current;
    setState("saving");
    try {
      const answer = await mutateAsync({ ...sent, revision: revision.current });
      revision.current = answer.revision;
      setPictures((before) => ({ ...before, ...answer.pictures }));
      setError(null);
      setSaved((count) => count + 1);
      setState(latest.current === sent ? "saved" : "waiting");
      return latest.current === sent ? true : save();
    } catch (failure) {
      setError(failure);
      setState("failed");
      return false;
    }
  }, [mutateAsync]);

  const change = (part: Partial<Content>) => {
    latest.current = { ...latest.current, ...part };
    setContent(latest.current);
    setState("waiting");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(), PAUSE);
  };
  const waiting = useRef(false);
  waiting.current = state === "waiting";
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      if (waiting.current) void save();
      void client.invalidateQueries({ queryKey: ["rules", project, "book"] });
    },
    [client, project, save],
  );

  const stale = error instanceof ApiError && error.code === "rules.draft_stale";
  const theirs = stale ? (error.params.draft as RuleVersion) : null;
  return {
    content,
    pictures,
    change,
    state,
    saved,
    error: stale ? null : error,
    theirs,
    takeTheirs: () => {
      if (!theirs) return;
      revision.current = theirs.revision;
      latest.current = contentOf(theirs);
      setContent(latest.current);
      setError(null);
      setState("saved");
    },
    keepMine: () => {
      revision.current = null;
      void save();
    },
    flush: () => (state === "saved" ? Promise.resolve(true) : save()),
  };
}
