import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Deployment = Schemas["DeploymentOut"];
export type Prediction = Schemas["PredictionOut"];
export type Alarm = Schemas["AlarmOut"];
export type Band = Schemas["BandOut"];
export type Summary = Schemas["SummaryOut"];
export type LoopCase = Schemas["LoopCaseOut"];
export type LoopCounts = Schemas["LoopCounts"];
export type Verdict = Prediction["verdict"];

const path = (project: string, deployment: string) => ({
  params: { path: { project_id: project, deployment_id: deployment } },
});

export function useDeployments(project: string, enabled = true) {
  return useQuery({
    queryKey: ["deploy", project, "list"],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/deployments", { params: { path: { project_id: project } } })),
    refetchInterval: 15_000,
    enabled,
  });
}

export function useDeployment(project: string, deployment: string) {
  return useQuery({
    queryKey: ["deploy", project, deployment],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}", path(project, deployment))),
    refetchInterval: 20_000,
  });
}

export function useChanges(project: string, deployment: string) {
  return useQuery({
    queryKey: ["deploy", project, deployment, "changes"],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/changes", path(project, deployment))),
  });
}

export function useSummary(project: string, deployment: string, since?: string) {
  return useQuery({
    queryKey: ["deploy", project, deployment, "summary", since ?? ""],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/summary", {
          params: { path: { project_id: project, deployment_id: deployment }, query: since ? { since } : {} },
        }),
      ),
    refetchInterval: 30_000,
  });
}

export function useDrift(project: string, deployment: string) {
  return useQuery({
    queryKey: ["deploy", project, deployment, "drift"],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/drift", path(project, deployment))),
    refetchInterval: 30_000,
  });
}

export interface LogFilter {
  verdict?: Verdict;
  marked?: "wrong" | "right" | "none";
  name?: string;
  before?: string;
}

export function usePredictions(project: string, deployment: string, filter: LogFilter, limit = 50) {
  return useQuery({
    queryKey: ["deploy", project, deployment, "predictions", filter, limit],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/predictions", {
          params: { path: { project_id: project, deployment_id: deployment }, query: { ...filter, limit } },
        }),
      ),
    placeholderData: (before) => before,
  });
}

export function usePrediction(project: string, deployment: string, prediction: string) {
  return useQuery({
    queryKey: ["deploy", project, deployment, "prediction", prediction],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/predictions/{prediction_id}", {
          params: { path: { project_id: project, deployment_id: deployment, prediction_id: prediction } },
        }),
      ),
  });
}

export function useDevices(project: string, deployment: string) {
  return useQuery({
    queryKey: ["deploy", project, deployment, "devices"],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/deployments/{deployment_id}/devices", path(project, deployment))),
  });
}

export function useAlarms(project: string, deployment?: string, onlyOpen = false) {
  return useQuery({
    queryKey: ["deploy", project, "alarms", deployment ?? "", onlyOpen],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/alarms", {
          params: {
            path: { project_id: project },
            query: { only_open: onlyOpen, ...(deployment ? { deployment_id: deployment } : {}) },
          },
        }),
      ),
    refetchInterval: 20_000,
  });
}

export function useLoopCounts(project: string, deployment?: string, enabled = true) {
  return useQuery({
    queryKey: ["loop", project, "counts", deployment ?? ""],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/loop/counts", {
          params: { path: { project_id: project }, query: deployment ? { deployment_id: deployment } : {} },
        }),
      ),
    refetchInterval: 15_000,
    enabled,
  });
}

export function useLoop(project: string, state: LoopCase["state"] | undefined, before?: string) {
  return useQuery({
    queryKey: ["loop", project, "cases", state ?? "", before ?? ""],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/loop", {
          params: {
            path: { project_id: project },
            query: { limit: 50, ...(state ? { state: [state] } : {}), ...(before ? { before } : {}) },
          },
        }),
      ),
    refetchInterval: 15_000,
  });
}

export function useLoopRoute(project: string, deployment: string) {
  return useQuery({
    queryKey: ["loop", project, "route", deployment],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/loop/routes/{deployment_id}", path(project, deployment))),
  });
}

export function useWalkBack(project: string, prediction: string) {
  return useQuery({
    queryKey: ["provenance", project, "prediction", prediction],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/provenance/predictions/{prediction_id}", {
          params: { path: { project_id: project, prediction_id: prediction } },
        }),
      ),
  });
}

export function useWalkForward(project: string, rule: string) {
  return useQuery({
    queryKey: ["provenance", project, "rule", rule],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/provenance/rules/{rule_version_id}", {
          params: { path: { project_id: project, rule_version_id: rule } },
        }),
      ),
  });
}

export type Act = "live" | "shadow" | "rollback" | "pause" | "resume" | "retire";

export function useDeployActions(project: string) {
  const client = useQueryClient();
  const refresh = () =>
    Promise.all(["deploy", "projects", "loop"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const base = "/api/v1/projects/{project_id}/deployments/{deployment_id}";
  return {
    create: useMutation({
      mutationFn: (body: Schemas["DeploymentIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/deployments", { params: { path: { project_id: project } }, body })),
      onSuccess: refresh,
    }),
    change: useMutation({
      mutationFn: ({ id, body }: { id: string; body: Schemas["DeploymentPatch"] }) =>
        ok(api.PATCH(base, { ...path(project, id), body })),
      onSuccess: refresh,
    }),
    place: useMutation({
      mutationFn: ({ id, act, body }: { id: string; act: "live" | "shadow"; body: Schemas["ModelIn"] }) =>
        act === "live"
          ? ok(api.POST(`${base}/live`, { ...path(project, id), body }))
          : ok(api.POST(`${base}/shadow`, { ...path(project, id), body })),
      onSuccess: refresh,
    }),
    act: useMutation({
      mutationFn: ({ id, act, reason }: { id: string; act: Exclude<Act, "live" | "shadow">; reason: string }) => {
        const call = { ...path(project, id), body: { reason } };
        if (act === "rollback") return ok(api.POST(`${base}/rollback`, call));
        if (act === "pause") return ok(api.POST(`${base}/pause`, call));
        if (act === "resume") return ok(api.POST(`${base}/resume`, call));
        return ok(api.POST(`${base}/retire`, call));
      },
      onSuccess: refresh,
    }),
    threshold: useMutation({
      mutationFn: ({ id, body }: { id: string; body: Schemas["ThresholdIn"] }) =>
        ok(api.POST(`${base}/threshold`, { ...path(project, id), body })),
      onSuccess: refresh,
    }),
    addDevice: useMutation({
      mutationFn: ({ id, body }: { id: string; body: Schemas["DeviceIn"] }) =>
        ok(api.POST(`${base}/devices`, { ...path(project, id), body })),
      onSuccess: refresh,
    }),
    revokeDevice: useMutation({
      mutationFn: ({ id, device }: { id: string; device: string }) =>
        ok(
          api.DELETE(`${base}/devices/{device_id}`, {
            params: { path: { project_id: project, deployment_id: id, device_id: device } },
          }),
        ),
      onSuccess: refresh,
    }),
    changeAlarm: useMutation({
      mutationFn: ({ alarm, body }: { alarm: string; body: Schemas["AlarmPatch"] }) =>
        ok(
          api.PATCH("/api/v1/projects/{project_id}/alarms/{alarm_id}", {
            params: { path: { project_id: project, alarm_id: alarm } },
            body,
          }),
        ),
      onSuccess: refresh,
    }),
    setRoute: useMutation({
      mutationFn: ({ id, body }: { id: string; body: Schemas["RouteSettings"] }) =>
        ok(api.PUT("/api/v1/projects/{project_id}/loop/routes/{deployment_id}", { ...path(project, id), body })),
      onSuccess: refresh,
    }),
  };
}
