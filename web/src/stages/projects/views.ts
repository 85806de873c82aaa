import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { KeyboardEvent } from "react";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";

export type SavedView = components["schemas"]["ViewOut"];
export type ListName = SavedView["list"];

/** Saved views of a list: one's own and shared ones. */
export function useViews(project: string, of: ListName) {
  return useQuery({
    queryKey: ["projects", project, "views", of],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/views", { params: { path: { project_id: project }, query: { of } } })),
  });
}

export function useViewActions(project: string, of: ListName) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["projects", project, "views", of] });
  return {
    save: useMutation({
      mutationFn: (body: components["schemas"]["ViewIn"]) =>
        ok(api.POST("/api/v1/projects/{project_id}/views", { params: { path: { project_id: project } }, body })),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (view: string) =>
        ok(
          api.DELETE("/api/v1/projects/{project_id}/views/{view_id}", {
            params: { path: { project_id: project, view_id: view } },
          }),
        ),
      onSuccess,
    }),
  };
}

/** The part of an address that makes a view: the given keys that have a value, in a fixed order. */
export function viewQuery(search: URLSearchParams, keys: readonly string[]): string {
  const kept = new URLSearchParams();
  for (const key of [...keys, "cols"]) {
    const value = search.get(key);
    if (value) kept.set(key, value);
  }
  return kept.toString();
}

/** Columns that the address asks for; all when it says nothing or nothing known. */
export function shownColumns(search: URLSearchParams, all: readonly string[]): ReadonlySet<string> {
  const wanted = (search.get("cols") ?? "").split(",").filter((one) => all.includes(one));
  return new Set(wanted.length > 0 ? wanted : all);
}

/** For a table's `onRow`: rows take the focus; up and down move it, Enter opens the row. */
export function rowKeys<Row>(open: (row: Row) => void) {
  return (row: Row, index?: number) => ({
    tabIndex: index === 0 ? 0 : -1,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const line = event.currentTarget;
      if (event.target !== line) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = event.key === "ArrowDown" ? line.nextElementSibling : line.previousElementSibling;
        if (next instanceof HTMLElement && next.classList.contains("ant-table-row")) next.focus();
      } else if (event.key === "Enter") {
        event.preventDefault();
        open(row);
      }
    },
  });
}
