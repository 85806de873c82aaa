import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "./client";
import type { components } from "./schema";

export type Me = components["schemas"]["Me"];
export type MyProject = components["schemas"]["MyProject"];
export type Role = "owner" | "manager" | "trainer" | "inspector" | "annotator" | "engineer" | "client" | "operator";

/** Who is signed in. An ApiError with status 401 when nobody is. */
export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: () => ok(api.GET("/api/v1/me")), staleTime: 60_000, retry: false });
}

/** The caller's roles in a project; empty while loading. */
export function useRoles(project: string | undefined): ReadonlySet<Role> {
  const me = useMe();
  const found = me.data?.projects.find((one) => one.id === project);
  return new Set((found?.roles ?? []) as Role[]);
}

/** Whether the caller has one of the roles; an owner has all. */
export function hasRole(roles: ReadonlySet<Role>, ...wanted: Role[]): boolean {
  return roles.has("owner") || wanted.some((role) => roles.has(role));
}

/** Forgets everything that was loaded, for instance after signing in as somebody else. */
export function useForgetAll(): () => void {
  const client = useQueryClient();
  return () => client.clear();
}
