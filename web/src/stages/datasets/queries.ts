import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Version = Schemas["VersionOut"];
export type Entry = Schemas["EntryOut"];
export type LeftOut = Schemas["LeftOutRow"];
export type Diff = Schemas["DiffOut"];
export type Export = Schemas["ExportOut"];
export type Format = Schemas["ExportIn"]["format"];
export type Side = "train" | "kept" | "line";
export const SIDES: readonly Side[] = ["train", "kept", "line"];
export const FORMATS: readonly Format[] = ["coco", "voc", "yolo"];

/** Counts of a frozen version; absent while it is being built. */
export interface Counts {
  items?: number;
  labels?: number;
  empty?: number;
  left_out?: number;
  by_side?: Partial<Record<Side, number>>;
  by_class?: Record<string, number>;
}

const at = (project: string) => ({ path: { project_id: project } });
const of = (project: string, number: number) => ({ path: { project_id: project, number } });

/** Versions, newest first; asked for every two seconds while one is being built. */
export function useVersions(project: string) {
  return useQuery({
    queryKey: ["datasets", project, "versions"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/dataset-versions", { params: at(project) })),
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "building") ? 2_000 : false),
  });
}

export function useEntries(project: string, number: number, side: Side | null) {
  return useInfiniteQuery({
    queryKey: ["datasets", project, number, "entries", side],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const params = { ...of(project, number), query: { side, after: pageParam, limit: 60 } };
      return ok(api.GET("/api/v1/projects/{project_id}/dataset-versions/{number}/entries", { params }));
    },
    getNextPageParam: (page) => page.next,
  });
}

export function useLeftOut(project: string, number: number, enabled: boolean) {
  return useQuery({
    queryKey: ["datasets", project, number, "left-out"],
    enabled,
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/dataset-versions/{number}/left-out", { params: of(project, number) })),
  });
}

/** What changed from version `before` to version `number`. */
export function useDiff(project: string, before: number, number: number) {
  return useQuery({
    queryKey: ["datasets", project, number, "diff", before],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/dataset-versions/{number}/diff/{other}", {
          params: { path: { project_id: project, number: before, other: number } },
        }),
      ),
  });
}

export function useExports(project: string, number: number) {
  return useQuery({
    queryKey: ["datasets", project, number, "exports"],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/dataset-versions/{number}/exports", { params: of(project, number) })),
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "queued") ? 2_000 : false),
  });
}

export function useDatasetActions(project: string) {
  const client = useQueryClient();
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["datasets", project] }),
      client.invalidateQueries({ queryKey: ["projects", project, "jobs"] }),
    ]);
  return {
    freeze: useMutation({
      mutationFn: (note: string) =>
        ok(api.POST("/api/v1/projects/{project_id}/dataset-versions", { params: at(project), body: { note } })),
      onSuccess,
    }),
    write: useMutation({
      mutationFn: ({ number, format }: { number: number; format: Format }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/dataset-versions/{number}/exports", {
            params: of(project, number),
            body: { format },
          }),
        ),
      onSuccess,
    }),
  };
}
