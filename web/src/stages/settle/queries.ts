import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Today = Schemas["Today"];
export type Slip = Schemas["SlipView"];
export type Line = Schemas["LineView"];
export type Period = Schemas["PeriodView"];
export type Appeal = Schemas["AppealView"];
export type WorkRow = Schemas["WorkView"];

export function useToday(project: string) {
  return useQuery({
    queryKey: ["settle", "today", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/today", { params: { path: { project_id: project } } })),
    refetchInterval: 30_000,
  });
}

export function usePeriods(project: string) {
  return useQuery({
    queryKey: ["settle", "periods", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/pay/periods", { params: { path: { project_id: project } } })),
  });
}

export function usePeriod(project: string, period: string) {
  return useQuery({
    queryKey: ["settle", "period", project, period],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/pay/periods/{period_id}", {
          params: { path: { project_id: project, period_id: period } },
        }),
      ),
  });
}

export function useRates(project: string) {
  return useQuery({
    queryKey: ["settle", "rates", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/pay/rates", { params: { path: { project_id: project } } })),
  });
}

/** Judged units down to the annotations, newest first. `person`: an id or `me`; `period`: an id or `open`. */
export function useWorkRows(project: string, person: string | null, period: string | null) {
  return useInfiniteQuery({
    queryKey: ["settle", "work", project, person, period],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/projects/{project_id}/pay/work", {
          params: { path: { project_id: project }, query: { person, period, after: pageParam, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

export function usePayActions(project: string) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["settle"] });
  const path = { project_id: project };
  return {
    close: useMutation({
      mutationFn: () => ok(api.POST("/api/v1/projects/{project_id}/pay/periods/close", { params: { path } })),
      onSuccess: refresh,
    }),
    setRates: useMutation({
      mutationFn: (toml: string) =>
        ok(api.PUT("/api/v1/projects/{project_id}/pay/rates", { params: { path }, body: { toml } })),
      onSuccess: refresh,
    }),
  };
}

/** Appeals against payslips, one's own or, for who runs the project, everybody's. */
export function useAppeals(project: string) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["settle"] });
  return {
    list: useQuery({
      queryKey: ["settle", "appeals", project],
      queryFn: () =>
        ok(api.GET("/api/v1/projects/{project_id}/pay/appeals", { params: { path: { project_id: project } } })),
    }),
    file: useMutation({
      mutationFn: ({ period, line, text }: { period: string; line: string | null; text: string }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/pay/periods/{period_id}/appeals", {
            params: { path: { project_id: project, period_id: period } },
            body: { line_id: line, text },
          }),
        ),
      onSuccess: refresh,
    }),
    answer: useMutation({
      mutationFn: ({ appeal, ...body }: { appeal: string; granted: boolean; amount_fen: number; text: string }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/pay/appeals/{appeal_id}/answer", {
            params: { path: { project_id: project, appeal_id: appeal } },
            body,
          }),
        ),
      onSuccess: refresh,
    }),
  };
}

/** A contest of a finding on one's own work; another inspector answers it. */
export function useContest(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ finding, text }: { finding: string; text: string }) =>
      ok(
        api.POST("/api/v1/projects/{project_id}/findings/{finding_id}/contest", {
          params: { path: { project_id: project, finding_id: finding } },
          body: { text },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["settle", "today", project] }),
  });
}
