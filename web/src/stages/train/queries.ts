import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

export type Run = components["schemas"]["RunOut"];
export type RunDetail = components["schemas"]["RunDetail"];
export type Study = components["schemas"]["StudyOut"];
export type Trial = components["schemas"]["TrialOut"];
export type ModelDetail = components["schemas"]["ModelDetail"];
export type Model = components["schemas"]["ModelOut"];

interface Origin {
  engine: string;
  note: string;
  dataset_version?: number;
}

const live = (state: string) => state === "queued" || state === "running";

export function useRuns(project: string) {
  return useQuery({
    queryKey: ["train", "runs", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/runs", { params: { path: { project_id: project } } })),
    refetchInterval: (query) => (query.state.data?.some((run) => live(run.state)) ? 3_000 : 30_000),
  });
}

export function useRun(project: string, run: string) {
  return useQuery({
    queryKey: ["train", "run", project, run],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/runs/{run_id}", {
          params: { path: { project_id: project, run_id: run } },
        }),
      ),
    refetchInterval: (query) => (query.state.data && live(query.state.data.state) ? 3_000 : false),
  });
}

export function useComparison(project: string, ids: readonly string[]) {
  return useQuery({
    queryKey: ["train", "comparison", project, ...ids],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/run-comparison", {
          params: { path: { project_id: project }, query: { run: [...ids] } },
        }),
      ),
    refetchInterval: (query) => (query.state.data?.runs.some((run) => live(run.state)) ? 3_000 : false),
  });
}

export function useStudies(project: string) {
  return useQuery({
    queryKey: ["train", "studies", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/studies", { params: { path: { project_id: project } } })),
    refetchInterval: (query) => (query.state.data?.some((study) => live(study.state)) ? 3_000 : 30_000),
  });
}

export function useStudy(project: string, study: string) {
  return useQuery({
    queryKey: ["train", "study", project, study],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/studies/{study_id}", {
          params: { path: { project_id: project, study_id: study } },
        }),
      ),
    refetchInterval: (query) => (query.state.data && live(query.state.data.state) ? 3_000 : false),
  });
}

export function useModels(project: string) {
  return useQuery({
    queryKey: ["train", "models", project],
    // A training ends while somebody looks at the page: its model appears by itself.
    refetchInterval: 5_000,
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/models", { params: { path: { project_id: project } } })),
  });
}

export function useModel(project: string, model: string) {
  return useQuery({
    queryKey: ["train", "model", project, model],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/models/{model_id}", {
          params: { path: { project_id: project, model_id: model } },
        }),
      ),
  });
}

export function useRecipes(project: string) {
  return useQuery({
    queryKey: ["train", "recipes", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/recipes", { params: { path: { project_id: project } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useFrozenVersions(project: string) {
  return useQuery({
    queryKey: ["train", "versions", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/dataset-versions", { params: { path: { project_id: project } } })),
    select: (versions) => versions.filter((version) => version.state === "frozen"),
  });
}

export function usePrelabelStats(project: string) {
  return useQuery({
    queryKey: ["train", "prelabel-stats", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/prelabel-stats", { params: { path: { project_id: project } } })),
  });
}

export function useTrainActions(project: string) {
  const client = useQueryClient();
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["train"] }),
      client.invalidateQueries({ queryKey: ["projects", project, "jobs"] }),
    ]);
  const path = { project_id: project };
  return {
    start: useMutation({
      mutationFn: (body: components["schemas"]["RunIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/runs", { params: { path }, body })),
      onSuccess: refresh,
    }),
    cancel: useMutation({
      mutationFn: (run: string) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/runs/{run_id}/cancel", {
            params: { path: { ...path, run_id: run } },
          }),
        ),
      onSuccess: refresh,
    }),
    study: useMutation({
      mutationFn: (body: components["schemas"]["StudyIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/studies", { params: { path }, body })),
      onSuccess: refresh,
    }),
    cancelStudy: useMutation({
      mutationFn: (study: string) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/studies/{study_id}/cancel", {
            params: { path: { ...path, study_id: study } },
          }),
        ),
      onSuccess: refresh,
    }),
    trainWith: useMutation({
      mutationFn: ({ study, trial }: { study: string; trial: number }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/studies/{study_id}/runs", {
            params: { path: { ...path, study_id: study } },
            body: { trial },
          }),
        ),
      onSuccess: refresh,
    }),
    register: useMutation({
      mutationFn: ({ file, query }: { file: File; query: Origin }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/models", {
            params: { path, query },
            body: file,
            bodySerializer: (body: unknown) => body as File,
            headers: { "content-type": "application/zip" },
          }),
        ),
      onSuccess: refresh,
    }),
    prelabel: useMutation({
      mutationFn: (model: string) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/models/{model_id}/prelabel", {
            params: { path: { ...path, model_id: model } },
          }),
        ),
      onSuccess: refresh,
    }),
  };
}
