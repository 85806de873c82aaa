import { keyName } from "../keys";
import type { Action } from "./action";
import { editActions } from "./edit";
import { viewActions } from "./view";

/** Everything that can be asked for; ids are unique (a test says so). */
export const ACTIONS: readonly Action[] = [...viewActions, ...editActions];

/** A person's own keys: action id -> keys. Actions that are not named keep theirs. */
export type Keymap = Readonly<Record<string, readonly string[]>>;

/** The keys of an action: the person's own, else the default ones. */
export function keysIn(keymap: Keymap, action: Action): readonly string[] {
  return keymap[action.id] ?? action.keys;
}

/** Keys that two or more actions claim, with these actions: only the first of them would hear it. */
export function conflictsIn(keymap: Keymap): Map<string, Action[]> {
  const claims = new Map<string, Action[]>();
  for (const action of ACTIONS) {
    for (const key of keysIn(keymap, action)) claims.set(key, [...(claims.get(key) ?? []), action]);
  }
  return new Map([...claims].filter(([, actions]) => actions.length > 1));
}

/** The digits choose label classes before anything else hears them. */
export function classDigit(key: string): boolean {
  return /^[1-9]$/.test(key);
}

const BROWSERS = new Set([
  "Mod+W",
  "Mod+T",
  "Mod+N",
  "Mod+Shift+N",
  "Mod+Shift+T",
  "Mod+R",
  "Mod+L",
  "F5",
  "F11",
  "F12",
]);

/** What a key press would be stored as; null for a modifier alone; "browser" where the browser keeps the key. */
export function capturedKey(input: Parameters<typeof keyName>[0]): { key: string } | "browser" | null {
  if (
    ["Control", "Shift", "Alt", "Meta", "CapsLock", "Process", "Dead"].includes(input.key) &&
    !input.code.startsWith("Key")
  )
    return null;
  const key = keyName(input);
  return BROWSERS.has(key) ? "browser" : { key };
}

/** The keymap with an action's keys set; keys equal to the default ones are not kept as one's own. */
export function withKeys(keymap: Keymap, action: Action, keys: readonly string[]): Keymap {
  const rest = Object.fromEntries(Object.entries(keymap).filter(([id]) => id !== action.id));
  return keys.join("\n") === action.keys.join("\n") ? rest : { ...rest, [action.id]: keys };
}
