import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { Keymap } from "../../editor/core/actions/keymap";

/** Units, pay and quality for the top bar. */
export function useTodayFigures(project: string) {
  return useQuery({
    queryKey: ["annotate", "today", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/today", { params: { path: { project_id: project } } })),
    refetchInterval: 60_000,
    retry: false,
  });
}

/** What this person drew and could not hand in, as the server keeps it. */
export function useKeptDrafts(project: string, enabled: boolean) {
  return useQuery({
    queryKey: ["annotate", "kept", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/drafts/kept", { params: { path: { project_id: project } } })),
    retry: false,
    enabled,
  });
}

/** Sets a person's own hotkeys as a whole; {} takes all changes back. */
export function useSaveHotkeys() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (keymap: Keymap) => {
      const hotkeys = Object.fromEntries(Object.entries(keymap).map(([id, keys]) => [id, [...keys]]));
      return ok(api.PATCH("/api/v1/me", { body: { hotkeys } }));
    },
    onSuccess: (me) => client.setQueryData(["me"], me),
  });
}
