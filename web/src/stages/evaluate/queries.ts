import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

export type Benchmark = components["schemas"]["BenchmarkOut"];
export type Evaluation = components["schemas"]["EvaluationOut"];
export type Detail = components["schemas"]["EvaluationDetail"];
export type Reason = components["schemas"]["ReasonOut"];
export type ThresholdChoice = components["schemas"]["ThresholdChoice"];
export type Picture = components["schemas"]["PictureOut"];

/** What the pictures behind a figure have in common; kept in the address. */
export interface Wanted {
  state?: "right" | "wrong" | "missed" | "invented";
  truth?: string;
  found?: string;
  kind?: "class" | "size" | "brightness" | "source";
  value?: string;
}

const live = (state: string) => state === "queued" || state === "running";

export function useBenchmarks(project: string) {
  return useQuery({
    queryKey: ["evaluate", "benchmarks", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/benchmarks", { params: { path: { project_id: project } } })),
  });
}

export function useEvaluations(project: string) {
  return useQuery({
    queryKey: ["evaluate", "list", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/evaluations", { params: { path: { project_id: project } } })),
    refetchInterval: (query) => (query.state.data?.some((one) => live(one.state)) ? 2_000 : 30_000),
    // An evaluation that was under way a moment ago may be what the next page prices a threshold by.
    staleTime: 0,
  });
}

export function useEvaluation(project: string, evaluation: string) {
  return useQuery({
    queryKey: ["evaluate", "one", project, evaluation],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/evaluations/{evaluation_id}", {
          params: { path: { project_id: project, evaluation_id: evaluation } },
        }),
      ),
    refetchInterval: (query) => (query.state.data && live(query.state.data.state) ? 2_000 : false),
  });
}

/** What each threshold costs on the benchmark at these prices; the last answer stays while one types. */
export function useThresholdChoice(project: string, evaluation: string, missFen: number, falseFen: number) {
  return useQuery({
    queryKey: ["evaluate", "threshold", project, evaluation, missFen, falseFen],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/evaluations/{evaluation_id}/threshold", {
          params: {
            path: { project_id: project, evaluation_id: evaluation },
            query: { miss_fen: missFen, false_fen: falseFen },
          },
        }),
      ),
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function usePictures(project: string, evaluation: string, wanted: Wanted, skip: number) {
  return useQuery({
    queryKey: ["evaluate", "pictures", project, evaluation, wanted, skip],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/evaluations/{evaluation_id}/pictures", {
          params: { path: { project_id: project, evaluation_id: evaluation }, query: { ...wanted, skip } },
        }),
      ),
  });
}

export function useCompared(project: string, first: string, second: string) {
  return useQuery({
    queryKey: ["evaluate", "compare", project, first, second],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/evaluations/{evaluation_id}/compare/{other_id}", {
          params: { path: { project_id: project, evaluation_id: first, other_id: second } },
        }),
      ),
  });
}

export function useChampion(project: string) {
  return useQuery({
    queryKey: ["evaluate", "champion", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/champion", { params: { path: { project_id: project } } })),
  });
}

export function useEvaluateActions(project: string) {
  const client = useQueryClient();
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["evaluate"] }),
      client.invalidateQueries({ queryKey: ["projects"] }),
    ]);
  const path = { project_id: project };
  return {
    freeze: useMutation({
      mutationFn: (body: components["schemas"]["BenchmarkIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/benchmarks", { params: { path }, body })),
      onSuccess: refresh,
    }),
    start: useMutation({
      mutationFn: (body: components["schemas"]["EvaluationIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/evaluations", { params: { path }, body })),
      onSuccess: refresh,
    }),
    cancel: useMutation({
      mutationFn: (evaluation: string) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/evaluations/{evaluation_id}/cancel", {
            params: { path: { ...path, evaluation_id: evaluation } },
          }),
        ),
      onSuccess: refresh,
    }),
    choose: useMutation({
      mutationFn: (body: components["schemas"]["ChampionIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/champion", { params: { path }, body })),
      onSuccess: refresh,
    }),
    relabel: useMutation({
      mutationFn: ({ evaluation, items }: { evaluation: string; items: string[] }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/evaluations/{evaluation_id}/relabel", {
            params: { path: { ...path, evaluation_id: evaluation } },
            body: { items, priority: 10 },
          }),
        ),
      onSuccess: refresh,
    }),
  };
}
