import type { Keymap } from "../../editor/core/actions/keymap";
import type { EditorPreferences } from "../../editor/react/types";

const KEY = "tg_label_preferences";
const THEME = "tg_label_theme";

/** Tool, class and filters of this browser, and the person's own keys, which the server keeps. */
export function readPreferences(keymap: Keymap): EditorPreferences {
  const stored = readStored();
  return { ...stored, settings: { ...stored.settings, keymap } };
}

function readStored(): EditorPreferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof stored === "object" && stored !== null ? (stored as EditorPreferences) : {};
  } catch {
    return {};
  }
}

export function writePreferences(preferences: EditorPreferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // A full or blocked store: preferences last as long as the page.
  }
}

export function readTheme(): "dark" | "light" {
  return localStorage.getItem(THEME) === "light" ? "light" : "dark";
}

export function writeTheme(theme: "dark" | "light"): void {
  localStorage.setItem(THEME, theme);
}
