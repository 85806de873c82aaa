import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

export type Report = components["schemas"]["ReportOut"];
export type ReportWish = components["schemas"]["ReportIn"];

/** Reports of a project; asked for every second and a half while one is being made. */
export function useReports(project: string) {
  return useQuery({
    queryKey: ["reports", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/reports", { params: { path: { project_id: project } } })),
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "queued") ? 1_500 : false),
  });
}

export function useMakeReport(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ReportWish) =>
      ok(api.POST("/api/v1/projects/{project_id}/reports", { params: { path: { project_id: project } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["reports", project] }),
  });
}
