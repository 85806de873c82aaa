import enCommon from "./en/common";
import enEditor from "./en/editor";
import enErrors from "./en/errors";
import zhCommon from "./zh/common";
import zhEditor from "./zh/editor";
import zhErrors from "./zh/errors";

/** One line per area in each language. English must have the keys of Chinese: a missing one does not compile. */
export const zh = {
  common: zhCommon,
  editor: zhEditor,
  errors: zhErrors,
};

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export const en = {
  common: enCommon,
  editor: enEditor,
  errors: enErrors,
} satisfies Same<typeof zh>;

export const resources = { zh, en };
export type Language = keyof typeof resources;
export const LANGUAGES: readonly Language[] = ["zh", "en"];
