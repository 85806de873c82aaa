import { currentLanguage } from "./index";

/** A text that people wrote in one or both languages: the reader's language first, else the other. */
export function localized(text: { zh?: string; en?: string } | null | undefined, fallback = ""): string {
  const { zh = "", en = "" } = text ?? {};
  return (currentLanguage() === "zh" ? zh || en : en || zh) || fallback;
}
