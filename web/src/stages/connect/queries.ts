import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type Hook = Schemas["WebhookOut"];
export type MadeHook = Schemas["WebhookMade"];
export type HookWish = Schemas["WebhookIn"];
export type HookPatch = Schemas["WebhookPatch"];
export type Delivery = Schemas["DeliveryOut"];

const PROJECT = "/api/v1/projects/{project_id}/webhooks";
const ORG = "/api/v1/org/webhooks";

/** The project of this page's address; null on the page of the organization, whose hooks hear all projects. */
export function useScope(): string | null {
  return useParams().project ?? null;
}

export function useHooks(scope: string | null) {
  return useQuery({
    queryKey: ["connect", scope, "hooks"],
    queryFn: () => (scope ? ok(api.GET(PROJECT, { params: { path: { project_id: scope } } })) : ok(api.GET(ORG))),
    refetchInterval: 15_000,
  });
}

/** Deliveries of a hook; asked for every second and a half while one is on its way. */
export function useDeliveries(scope: string | null, hook: string) {
  return useQuery({
    queryKey: ["connect", scope, "deliveries", hook],
    queryFn: () =>
      scope
        ? ok(api.GET(`${PROJECT}/{hook_id}/deliveries`, { params: { path: { project_id: scope, hook_id: hook } } }))
        : ok(api.GET(`${ORG}/{hook_id}/deliveries`, { params: { path: { hook_id: hook } } })),
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.state === "queued") ? 1_500 : 10_000),
  });
}

/** All changes of hooks; each forgets the lists of connect. */
export function useHookActions(scope: string | null) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["connect"] });
  const inProject = (hook: string) => ({ path: { project_id: scope ?? "", hook_id: hook } });
  const inOrg = (hook: string) => ({ path: { hook_id: hook } });
  return {
    create: useMutation({
      mutationFn: (body: HookWish) =>
        scope ? ok(api.POST(PROJECT, { params: { path: { project_id: scope } }, body })) : ok(api.POST(ORG, { body })),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: ({ id, ...body }: HookPatch & { id: string }) =>
        scope
          ? ok(api.PATCH(`${PROJECT}/{hook_id}`, { params: inProject(id), body }))
          : ok(api.PATCH(`${ORG}/{hook_id}`, { params: inOrg(id), body })),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) =>
        scope
          ? ok(api.DELETE(`${PROJECT}/{hook_id}`, { params: inProject(id) }))
          : ok(api.DELETE(`${ORG}/{hook_id}`, { params: inOrg(id) })),
      onSuccess,
    }),
    renew: useMutation({
      mutationFn: (id: string) =>
        scope
          ? ok(api.POST(`${PROJECT}/{hook_id}/secret`, { params: inProject(id) }))
          : ok(api.POST(`${ORG}/{hook_id}/secret`, { params: inOrg(id) })),
      onSuccess,
    }),
    test: useMutation({
      mutationFn: (id: string) =>
        scope
          ? ok(api.POST(`${PROJECT}/{hook_id}/test`, { params: inProject(id) }))
          : ok(api.POST(`${ORG}/{hook_id}/test`, { params: inOrg(id) })),
      onSuccess,
    }),
    again: useMutation({
      mutationFn: ({ hook, delivery }: { hook: string; delivery: string }) =>
        scope
          ? ok(
              api.POST(`${PROJECT}/{hook_id}/deliveries/{delivery_id}/again`, {
                params: { path: { project_id: scope, hook_id: hook, delivery_id: delivery } },
              }),
            )
          : ok(
              api.POST(`${ORG}/{hook_id}/deliveries/{delivery_id}/again`, {
                params: { path: { hook_id: hook, delivery_id: delivery } },
              }),
            ),
      onSuccess,
    }),
  };
}
