import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

export type Project = components["schemas"]["ProjectOut"];
export type Gate = components["schemas"]["GateOut"];
export type Settings = components["schemas"]["ProjectSettings"];
type Schemas = components["schemas"];

/** The project of this page's address. */
export function useProjectId(): string {
  const { project } = useParams();
  if (!project) throw new Error("this page needs a project in its address");
  return project;
}

export function useProjects() {
  return useQuery({ queryKey: ["projects", "list"], queryFn: () => ok(api.GET("/api/v1/projects")) });
}

export function useProject(project: string) {
  return useQuery({
    queryKey: ["projects", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}", { params: { path: { project_id: project } } })),
  });
}

export function useMap(project: string) {
  return useQuery({
    queryKey: ["projects", project, "map"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/map", { params: { path: { project_id: project } } })),
    refetchInterval: 15_000,
  });
}

export function useMembers(project: string) {
  return useQuery({
    queryKey: ["projects", project, "members"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/members", { params: { path: { project_id: project } } })),
  });
}

/** Long work of a project; asked for every two seconds while any of it runs. */
export function useJobs(project: string, enabled = true) {
  return useQuery({
    queryKey: ["projects", project, "jobs"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/jobs", { params: { path: { project_id: project } } })),
    refetchInterval: (query) =>
      query.state.data?.some((job) => job.state === "queued" || job.state === "running") ? 2_000 : 20_000,
    enabled,
  });
}

export function useProjectActions(project: string) {
  const client = useQueryClient();
  const refresh = () =>
    Promise.all([client.invalidateQueries({ queryKey: ["projects"] }), client.invalidateQueries({ queryKey: ["me"] })]);
  const path = { project_id: project };
  return {
    create: useMutation({
      mutationFn: (body: Schemas["ProjectIn"]) => ok(api.POST("/api/v1/projects", { body })),
      onSuccess: refresh,
    }),
    changeSettings: useMutation({
      mutationFn: (body: Schemas["ProjectSettings"]) =>
        ok(api.PUT("/api/v1/projects/{project_id}/settings", { params: { path }, body })),
      onSuccess: refresh,
    }),
    setState: useMutation({
      mutationFn: (action: "pause" | "resume" | "archive") =>
        ok(api.POST("/api/v1/projects/{project_id}/state/{action}", { params: { path: { ...path, action } } })),
      onSuccess: refresh,
    }),
    setMember: useMutation({
      mutationFn: (body: Schemas["MemberIn"]) =>
        ok(api.PUT("/api/v1/projects/{project_id}/members", { params: { path }, body })),
      onSuccess: refresh,
    }),
    cancelJob: useMutation({
      mutationFn: (job: string) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/jobs/{job_id}/cancel", {
            params: { path: { ...path, job_id: job } },
          }),
        ),
      onSuccess: refresh,
    }),
  };
}

/** When the project will be done, for those who lead it. */
export function useForecast(project: string, enabled: boolean) {
  return useQuery({
    queryKey: ["quality", "forecast", project],
    staleTime: 60_000,
    enabled,
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/forecast", { params: { path: { project_id: project } } })),
  });
}

/** What the project's pay came to, day by day. */
export function useCosts(project: string, enabled: boolean) {
  return useQuery({
    queryKey: ["settle", "costs", project],
    staleTime: 60_000,
    enabled,
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/pay/costs", { params: { path: { project_id: project } } })),
  });
}
