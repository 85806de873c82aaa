import enCommon from "./en/common";
import enErrors from "./en/errors";
import zhCommon from "./zh/common";
import zhErrors from "./zh/errors";

/** One line per area in each language. English must have the keys of Chinese: a missing one does not compile. */
export const zh = {
  common: zhCommon,
  errors: zhErrors,
};

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export const en = {
  common: enCommon,
  errors: enErrors,
} satisfies Same<typeof zh>;

export const resources = { zh, en };
export type Language = keyof typeof resources;
export const LANGUAGES: readonly Language[] = ["zh", "en"];
