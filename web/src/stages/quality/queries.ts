import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Finding = Schemas["FindingView"];
export type FindingIn = Schemas["FindingIn"];
export type Review = Schemas["ReviewWork"];
export type Lot = Schemas["LotView"];
export type Quality = Schemas["QualityReport"];
export type Share = Schemas["ShareView"];
export type PersonRow = Schemas["PersonRow"];
export type Gold = Schemas["GoldView"];
export type Disagreement = Schemas["Disagreement"];
export type RuleVersion = Schemas["RuleVersionView"];

const at = (project: string) => ({ path: { project_id: project } });

/** A rule version; the current one without an id. */
export function useRules(project: string, id?: string) {
  return useQuery({
    queryKey: ["rules", "version", project, id ?? "current"],
    staleTime: id ? Number.POSITIVE_INFINITY : 60_000,
    enabled: project !== "",
    queryFn: async (): Promise<RuleVersion | null> => {
      if (!id) return (await ok(api.GET("/api/v1/projects/{project_id}/rules", { params: at(project) }))).current;
      const params = { path: { project_id: project, version_id: id } };
      return await ok(api.GET("/api/v1/projects/{project_id}/rules/versions/{version_id}", { params }));
    },
  });
}

/** Takes the next review. Kept until judged: never asked for again on its own. */
export function useNextReview(project: string) {
  return useQuery({
    queryKey: ["quality", "review", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/review/next", { params: at(project) })),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

export function useReviewActions(project: string) {
  const client = useQueryClient();
  const next = () => client.refetchQueries({ queryKey: ["quality", "review", project] });
  return {
    next,
    judge: useMutation({
      mutationFn: ({ review, body }: { review: string; body: Schemas["JudgeIn"] }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/review/{review_id}/judge", {
            params: { path: { project_id: project, review_id: review } },
            body,
          }),
        ),
      onSuccess: next,
    }),
    giveBack: useMutation({
      mutationFn: (review: string) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/review/{review_id}/return", {
            params: { path: { project_id: project, review_id: review } },
          }),
        ),
    }),
  };
}

export function useDisagreements(project: string) {
  return useQuery({
    queryKey: ["quality", "disagreements", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/disagreements", { params: at(project) })),
  });
}

export function useQuality(project: string) {
  return useQuery({
    queryKey: ["quality", "report", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/quality", { params: at(project) })),
    refetchInterval: 30_000,
  });
}

export function useLots(project: string) {
  return useQuery({
    queryKey: ["quality", "lots", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/lots", { params: at(project) })),
  });
}

/** Findings, newest first; `person`: an id or `me`. */
export function useFindings(project: string, state: string | null, person: string | null = null, enabled = true) {
  return useInfiniteQuery({
    queryKey: ["quality", "findings", project, state, person],
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const query = { state, person, after: pageParam, limit: 30 };
      return ok(api.GET("/api/v1/projects/{project_id}/findings", { params: { ...at(project), query } }));
    },
    getNextPageParam: (page) => page.next,
  });
}

export function useGold(project: string, enabled: boolean) {
  return useQuery({
    queryKey: ["quality", "gold", project],
    enabled,
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/gold", { params: at(project) })),
  });
}

export function useQualityActions(project: string) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["quality"] });
  const path = { project_id: project };
  return {
    closeLots: useMutation({
      mutationFn: (person: string | null) =>
        ok(api.POST("/api/v1/projects/{project_id}/lots/close", { params: { path }, body: { person_id: person } })),
      onSuccess,
    }),
    clearFlag: useMutation({
      mutationFn: ({ person, note }: { person: string; note: string }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/quality/flags/{person_id}/clear", {
            params: { path: { ...path, person_id: person } },
            body: { note },
          }),
        ),
      onSuccess,
    }),
    answer: useMutation({
      mutationFn: ({ finding, ...body }: { finding: string; withdraw: boolean; text: string }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/findings/{finding_id}/answer", {
            params: { path: { ...path, finding_id: finding } },
            body,
          }),
        ),
      onSuccess,
    }),
    addGold: useMutation({
      mutationFn: (body: Schemas["GoldIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/gold", { params: { path }, body })),
      onSuccess,
    }),
    removeGold: useMutation({
      mutationFn: (gold: string) =>
        ok(
          api.DELETE("/api/v1/projects/{project_id}/gold/{gold_id}", {
            params: { path: { ...path, gold_id: gold } },
          }),
        ),
      onSuccess,
    }),
    settle: useMutation({
      mutationFn: ({ item, body }: { item: string; body: Schemas["SettleIn"] }) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/disagreements/{item_id}/settle", {
            params: { path: { ...path, item_id: item } },
            body,
          }),
        ),
      onSuccess,
    }),
  };
}
