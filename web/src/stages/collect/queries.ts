import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Batch = Schemas["BatchOut"];
export type Item = Schemas["ItemOut"];
export type FoundProblem = Schemas["ProblemOut"];
export type NewBatch = Schemas["BatchIn"];

/** What a list of items is narrowed by; kept in the page's address. */
export interface ItemFilter {
  state?: Item["state"];
  check?: string;
  batch?: string;
  q?: string;
  label_state?: string;
}
export interface ProblemFilter {
  check?: string;
  state?: FoundProblem["state"];
}

const WINDOW = 100;
const moving = (state: string) => state === "queued" || state === "reading" || state === "checking";

/** Imports, newest first; asked for every two seconds while one is under way. */
export function useBatches(project: string) {
  return useQuery({
    queryKey: ["collect", project, "batches"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/batches", { params: { path: { project_id: project } } })),
    refetchInterval: (query) => (query.state.data?.items.some((batch) => moving(batch.state)) ? 2_000 : 30_000),
  });
}

/** A growing window of items, by key. */
export function useItems(project: string, filter: ItemFilter) {
  return useInfiniteQuery({
    queryKey: ["collect", project, "items", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/projects/{project_id}/items", {
          params: { path: { project_id: project }, query: { ...filter, after: pageParam, limit: WINDOW } },
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

export function useItem(project: string, item: string | null) {
  return useQuery({
    queryKey: ["collect", project, "item", item],
    enabled: item !== null,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/items/{item_id}", {
          params: { path: { project_id: project, item_id: item ?? "" } },
        }),
      ),
  });
}

export function useProblems(project: string, filter: ProblemFilter) {
  return useInfiniteQuery({
    queryKey: ["collect", project, "problems", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/projects/{project_id}/problems", {
          params: { path: { project_id: project }, query: { ...filter, after: pageParam, limit: WINDOW } },
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

/** What came in and what was refused, in numbers with examples. */
export function useReport(project: string) {
  return useQuery({
    queryKey: ["collect", project, "report"],
    queryFn: async () =>
      (await ok(
        api.GET("/api/v1/projects/{project_id}/data-report", { params: { path: { project_id: project } } }),
      )) as unknown as DataReport,
    refetchInterval: 30_000,
  });
}

export interface DataReport {
  gate: {
    state: "closed" | "working" | "open" | "reclosed";
    missing: { code: string; params: Record<string, unknown> }[];
  };
  items: Record<string, number>;
  refused: { check: string; kind: string; count: number; examples: { name: string; detail: string }[] }[];
  problems: { check: string; severity: "block" | "warn"; open: number; waived: number; refused: number }[];
  waived: { check: string; person: string; reason: string; at: string; count: number }[];
}

/** Everything that a trainer or manager does on this page. */
export function useDataActions(project: string) {
  const client = useQueryClient();
  const path = { project_id: project };
  const onSuccess = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["collect", project] }),
      client.invalidateQueries({ queryKey: ["projects", project] }),
    ]);
  return {
    startImport: useMutation({
      mutationFn: (body: NewBatch) => ok(api.POST("/api/v1/projects/{project_id}/batches", { params: { path }, body })),
      onSuccess,
    }),
    move: useMutation({
      mutationFn: ({ batch, to }: { batch: string; to: "cancel" | "resume" | "read" }) => {
        const params = { path: { ...path, batch_id: batch } };
        if (to === "cancel") return ok(api.POST("/api/v1/projects/{project_id}/batches/{batch_id}/cancel", { params }));
        if (to === "read") return ok(api.POST("/api/v1/projects/{project_id}/batches/{batch_id}/read", { params }));
        return ok(api.POST("/api/v1/projects/{project_id}/batches/{batch_id}/resume", { params }));
      },
      onSuccess,
    }),
    change: useMutation({
      mutationFn: (body: Schemas["ItemChange"]) =>
        ok(api.PATCH("/api/v1/projects/{project_id}/items", { params: { path }, body })),
      onSuccess,
    }),
    erase: useMutation({
      mutationFn: ({ item, reason }: { item: string; reason: string }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/items/{item_id}/erase", {
            params: { path: { ...path, item_id: item } },
            body: { reason },
          }),
        ),
      onSuccess,
    }),
    waive: useMutation({
      mutationFn: (body: Schemas["WaiveIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/problems/waive", { params: { path }, body })),
      onSuccess,
    }),
    reopen: useMutation({
      mutationFn: (ids: string[]) =>
        ok(api.POST("/api/v1/projects/{project_id}/problems/reopen", { params: { path }, body: { ids } })),
      onSuccess,
    }),
    refuse: useMutation({
      mutationFn: (body: Schemas["RefuseIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/problems/refuse", { params: { path }, body })),
      onSuccess,
    }),
    openGate: useMutation({
      mutationFn: (reason: string) =>
        ok(api.POST("/api/v1/projects/{project_id}/gates/1/open", { params: { path }, body: { reason } })),
      onSuccess,
    }),
  };
}
