import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type RuleVersion = Schemas["RuleVersionView"];
export type LabelClass = Schemas["LabelClass"];
export type Attribute = Schemas["Attribute"];
export type Example = Schemas["Example"];
export type Change = Schemas["Change"];
export type Clarification = Schemas["Clarification"];
export type Content = Pick<RuleVersion, "label_set" | "guideline" | "examples" | "checks">;
export type Pictures = NonNullable<RuleVersion["pictures"]>;

export function contentOf({ label_set, guideline, examples, checks }: Content): Content {
  return { label_set, guideline, examples, checks };
}

export function useRulebook(project: string) {
  return useQuery({
    queryKey: ["rules", project, "book"],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/rules", { params: { path: { project_id: project } } })),
  });
}

export function useTemplates(project: string, enabled: boolean) {
  return useQuery({
    queryKey: ["rules", project, "templates"],
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/rule-templates", { params: { path: { project_id: project } } })),
  });
}

export function useVersions(project: string) {
  return useQuery({
    queryKey: ["rules", project, "versions"],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/rules/versions", { params: { path: { project_id: project } } })),
  });
}

export function useVersion(project: string, version: string | null) {
  return useQuery({
    queryKey: ["rules", project, "version", version],
    enabled: version !== null,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/rules/versions/{version_id}", {
          params: { path: { project_id: project, version_id: version ?? "" } },
        }),
      ),
  });
}

export function useDiff(project: string, version: string | null, against: string | null) {
  return useQuery({
    queryKey: ["rules", project, "diff", version, against],
    enabled: version !== null,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/rules/versions/{version_id}/diff", {
          params: { path: { project_id: project, version_id: version ?? "" }, query: against ? { against } : {} },
        }),
      ),
  });
}

/** What publishing the draft would touch; `saved` changes with every save of the draft. */
export function useImpact(project: string, saved: number) {
  return useQuery({
    queryKey: ["rules", project, "impact", saved],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/rules/impact", { params: { path: { project_id: project } } })),
  });
}

export function useClarifications(project: string, state: Clarification["state"] | null) {
  return useInfiniteQuery({
    queryKey: ["rules", project, "clarifications", state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/api/v1/projects/{project_id}/clarifications", {
          params: { path: { project_id: project }, query: { state, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
}

export function useImportedNames(project: string, batch: string | null) {
  return useQuery({
    queryKey: ["rules", project, "names", batch],
    enabled: batch !== null,
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/imported-names", {
          params: { path: { project_id: project }, query: { batch_id: batch } },
        }),
      ),
  });
}

export function useRuleActions(project: string) {
  const client = useQueryClient();
  const path = { project_id: project };
  const onSuccess = () => client.invalidateQueries({ queryKey: ["rules", project] });
  const everything = () => client.invalidateQueries();
  return {
    startDraft: useMutation({
      mutationFn: (body: Schemas["StartDraft"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/rules/draft", { params: { path }, body })),
      onSuccess,
    }),
    saveDraft: useMutation({
      mutationFn: (body: Schemas["SaveDraft"]) =>
        ok(api.PUT("/api/v1/projects/{project_id}/rules/draft", { params: { path }, body })),
    }),
    discardDraft: useMutation({
      mutationFn: () => ok(api.DELETE("/api/v1/projects/{project_id}/rules/draft", { params: { path } })),
      onSuccess,
    }),
    publish: useMutation({
      mutationFn: (note: string) =>
        ok(api.POST("/api/v1/projects/{project_id}/rules/publish", { params: { path }, body: { note } })),
      onSuccess: everything,
    }),
    answer: useMutation({
      mutationFn: ({ id, ...body }: { id: string } & Schemas["Answer"]) =>
        ok(
          api.POST("/api/v1/projects/{project_id}/clarifications/{clarification_id}/answer", {
            params: { path: { ...path, clarification_id: id } },
            body,
          }),
        ),
      onSuccess,
    }),
    ask: useMutation({
      mutationFn: (body: Schemas["Question"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/clarifications", { params: { path }, body })),
      onSuccess,
    }),
    map: useMutation({
      mutationFn: (body: Schemas["LabelMapping"]) =>
        ok(api.PUT("/api/v1/projects/{project_id}/label-mapping", { params: { path }, body })),
      onSuccess,
    }),
  };
}
