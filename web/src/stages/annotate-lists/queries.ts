import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Task = Schemas["TaskOut"];
export type Answer = Schemas["AnnotationOut"];
export type AnswerDetail = Schemas["AnnotationDetail"];
export type TaskFilter = { state?: Task["state"]; purpose?: Task["purpose"] };
export type AnswerFilter = { state?: Answer["state"]; person?: string };

export function useTasks(project: string, filter: TaskFilter) {
  return useInfiniteQuery({
    queryKey: ["tasks", project, "tasks", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/projects/{project_id}/tasks", {
          params: { path: { project_id: project }, query: { ...filter, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next,
    refetchInterval: 30_000,
  });
}

export function useAnswers(project: string, filter: AnswerFilter) {
  return useInfiniteQuery({
    queryKey: ["tasks", project, "answers", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/projects/{project_id}/annotations", {
          params: { path: { project_id: project }, query: { ...filter, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

export function useAnswer(project: string, annotation: string | null) {
  return useQuery({
    queryKey: ["tasks", project, "answer", annotation],
    enabled: annotation !== null,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/annotations/{annotation_id}", {
          params: { path: { project_id: project, annotation_id: annotation ?? "" } },
        }),
      ),
  });
}

/** How an answer was judged, and what was found on it. */
export function useTrail(project: string, annotation: string) {
  return useQuery({
    queryKey: ["tasks", project, "trail", annotation],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/annotations/{annotation_id}/trail", {
          params: { path: { project_id: project, annotation_id: annotation } },
        }),
      ),
    retry: false,
  });
}

/** The work rows of one answer. */
export function usePayOfAnswer(project: string, annotation: string) {
  return useQuery({
    queryKey: ["tasks", project, "pay", annotation],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/pay/work", {
          params: { path: { project_id: project }, query: { annotation } },
        }),
      ),
    retry: false,
  });
}

export function useTaskActions(project: string) {
  const client = useQueryClient();
  const path = { project_id: project };
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["tasks", project] }),
      client.invalidateQueries({ queryKey: ["projects", project] }),
    ]);
  return {
    create: useMutation({
      mutationFn: (body: Schemas["TasksCreateIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/tasks/create", { params: { path }, body })),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: (body: Schemas["TasksPatchIn"]) =>
        ok(api.PATCH("/api/v1/projects/{project_id}/tasks", { params: { path }, body })),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: ({ annotation, reopen }: { annotation: string; reopen: boolean }) =>
        ok(
          api.DELETE("/api/v1/projects/{project_id}/annotations/{annotation_id}", {
            params: { path: { ...path, annotation_id: annotation }, query: { reopen } },
          }),
        ),
      onSuccess,
    }),
    restore: useMutation({
      mutationFn: ({ annotation, revision, base }: { annotation: string; revision?: number; base?: number }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/annotations/{annotation_id}/restore", {
            params: { path: { ...path, annotation_id: annotation } },
            body: { revision: revision ?? null, base: base ?? null },
          }),
        ),
      onSuccess,
    }),
  };
}
