import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";
export type ResolvedTheme = "light" | "dark";

const KEY = "tg_theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let choice: ThemeChoice = stored();

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  dark.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener("change", listener);
  };
}

function resolve(): ResolvedTheme {
  if (choice !== "system") return choice;
  return dark.matches ? "dark" : "light";
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  for (const listener of listeners) listener();
}

/** The person's choice and what it means now; follows the system while the choice is "system". */
export function useTheme(): { choice: ThemeChoice; resolved: ResolvedTheme } {
  const resolved = useSyncExternalStore(subscribe, resolve);
  const current = useSyncExternalStore(subscribe, () => choice);
  return { choice: current, resolved };
}
