import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

export type Person = components["schemas"]["PersonOut"];
export type Invitation = components["schemas"]["InvitationOut"];
type Schemas = components["schemas"];

export function usePeople() {
  return useQuery({ queryKey: ["people", "org"], queryFn: () => ok(api.GET("/api/v1/org/people")) });
}

export function useOrganization() {
  return useQuery({ queryKey: ["people", "organization"], queryFn: () => ok(api.GET("/api/v1/org")) });
}

export function useInvitations() {
  return useQuery({ queryKey: ["people", "invitations"], queryFn: () => ok(api.GET("/api/v1/org/invitations")) });
}

export function useTokens() {
  return useQuery({ queryKey: ["people", "tokens"], queryFn: () => ok(api.GET("/api/v1/me/tokens")) });
}

export function useSessions() {
  return useQuery({ queryKey: ["people", "sessions"], queryFn: () => ok(api.GET("/api/v1/me/sessions")) });
}

export function useAudit() {
  return useInfiniteQuery({
    queryKey: ["people", "audit"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      ok(api.GET("/api/v1/org/audit", { params: { query: pageParam ? { before: pageParam } : {} } })),
    getNextPageParam: (page) => page.next,
  });
}

/** All changes of people; each forgets the lists that it touched. */
export function usePeopleActions() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["people"] });
  const refreshMe = () => client.invalidateQueries({ queryKey: ["me"] });
  return {
    invite: useMutation({
      mutationFn: (body: Schemas["InvitationIn"]) => ok(api.POST("/api/v1/org/invitations", { body })),
      onSuccess: refresh,
    }),
    revokeInvitation: useMutation({
      mutationFn: (id: string) =>
        ok(api.DELETE("/api/v1/org/invitations/{invitation_id}", { params: { path: { invitation_id: id } } })),
      onSuccess: refresh,
    }),
    changePerson: useMutation({
      mutationFn: ({ id, body }: { id: string; body: Schemas["PersonPatch"] }) =>
        ok(api.PATCH("/api/v1/org/people/{person_id}", { params: { path: { person_id: id } }, body })),
      onSuccess: refresh,
    }),
    resetLink: useMutation({
      mutationFn: (id: string) =>
        ok(api.POST("/api/v1/org/people/{person_id}/reset-link", { params: { path: { person_id: id } } })),
    }),
    changeOrganization: useMutation({
      mutationFn: (body: Schemas["OrganizationPatch"]) => ok(api.PATCH("/api/v1/org", { body })),
      onSuccess: () => Promise.all([refresh(), refreshMe()]),
    }),
    changeMe: useMutation({
      mutationFn: (body: Schemas["MePatch"]) => ok(api.PATCH("/api/v1/me", { body })),
      onSuccess: refreshMe,
    }),
    changePassword: useMutation({
      mutationFn: (body: Schemas["PasswordIn"]) => ok(api.PUT("/api/v1/me/password", { body })),
      onSuccess: refresh,
    }),
    createToken: useMutation({
      mutationFn: (name: string) => ok(api.POST("/api/v1/me/tokens", { body: { name, days: 365 } })),
      onSuccess: refresh,
    }),
    revokeToken: useMutation({
      mutationFn: (id: string) =>
        ok(api.DELETE("/api/v1/me/tokens/{token_id}", { params: { path: { token_id: id } } })),
      onSuccess: refresh,
    }),
    endSession: useMutation({
      mutationFn: (id: string) =>
        ok(api.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id: id } } })),
      onSuccess: refresh,
    }),
  };
}
