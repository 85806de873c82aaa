/** What of a keyboard event decides; a plain object does, so tests need no DOM. */
export interface KeyInput {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/**
 * A key press as text: "Mod+Shift+Z", "ArrowLeft", "7". Mod is Ctrl, or Command on a Mac.
 * Letters and digits come from `code` where an input method swallows `key` (a Chinese one reports "Process").
 */
export function keyName(input: KeyInput): string {
  const parts: string[] = [];
  if (input.ctrlKey || input.metaKey) parts.push("Mod");
  if (input.altKey) parts.push("Alt");
  if (input.shiftKey) parts.push("Shift");
  parts.push(plainKey(input));
  return parts.join("+");
}

function plainKey({ key, code }: KeyInput): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  if (digit?.[1]) return digit[1];
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter?.[1]) return letter[1];
  if (code === "Slash") return "/";
  if (code === "Minus" || code === "NumpadSubtract") return "-";
  if (code === "Equal" || code === "NumpadAdd") return "=";
  if (code === "Space") return "Space";
  if (code === "NumpadEnter") return "Enter";
  return key;
}

const SIGNS: Readonly<Record<string, string>> = {
  Mod: "Ctrl",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

/** As written on buttons and in the list of shortcuts: "Ctrl Z". */
export function keyLabel(name: string): string {
  return name
    .split("+")
    .map((part) => SIGNS[part] ?? part)
    .join(" ");
}
