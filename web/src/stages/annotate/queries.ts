import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client";

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
