import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Lesson = Schemas["Lesson"];
export type Standing = Schemas["Standing"];
export type Attempt = Schemas["AttemptView"];
export type Detail = Schemas["AttemptDetail"];
export type ItemResult = Schemas["ItemResult"];
export type StudyWork = Schemas["StudyWork"];
export type Verdict = Schemas["Verdict"];

export function useLesson(project: string) {
  return useQuery({
    queryKey: ["academy", project, "lesson"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/lesson", { params: { path: { project_id: project } } })),
    retry: false,
  });
}

/** One's attempts, and where one stands on the way to work. */
export function useAttempts(project: string) {
  return useQuery({
    queryKey: ["academy", project, "attempts"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/attempts", { params: { path: { project_id: project } } })),
    refetchInterval: 30_000,
  });
}

export function useAttempt(project: string, attempt: string | null) {
  return useQuery({
    queryKey: ["academy", project, "attempt", attempt],
    enabled: attempt !== null,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/attempts/{attempt_id}", {
          params: { path: { project_id: project, attempt_id: attempt ?? "" } },
        }),
      ),
  });
}

export function nextStep(project: string, attempt: string) {
  return ok(
    api.GET("/api/v1/projects/{project_id}/attempts/{attempt_id}/next", {
      params: { path: { project_id: project, attempt_id: attempt } },
    }),
  );
}

export function answerStep(project: string, attempt: string, body: Schemas["StudyAnswer"]) {
  return ok(
    api.POST("/api/v1/projects/{project_id}/attempts/{attempt_id}/answers", {
      params: { path: { project_id: project, attempt_id: attempt } },
      body,
    }),
  );
}

/** The server hears that somebody is at it, so that the item stays theirs. */
export function beat(project: string, lease: string) {
  return ok(
    api.POST("/api/v1/projects/{project_id}/work/{lease_id}/heartbeat", {
      params: { path: { project_id: project, lease_id: lease } },
    }),
  );
}

export function useStudyActions(project: string) {
  const client = useQueryClient();
  const path = { project_id: project };
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["academy"] }),
      client.invalidateQueries({ queryKey: ["projects", project] }),
    ]);
  return {
    read: useMutation({
      mutationFn: (rule_version_id: string) =>
        ok(api.POST("/api/v1/projects/{project_id}/lesson/read", { params: { path }, body: { rule_version_id } })),
      onSuccess,
    }),
    start: useMutation({
      mutationFn: (kind: Attempt["kind"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/attempts", { params: { path }, body: { kind } })),
      onSuccess,
    }),
  };
}
