import enCollect from "./en/collect";
import enCommon from "./en/common";
import enEditor from "./en/editor";
import enErrors from "./en/errors";
import enPeople from "./en/people";
import enProjects from "./en/projects";
import enShell from "./en/shell";
import zhCollect from "./zh/collect";
import zhCommon from "./zh/common";
import zhEditor from "./zh/editor";
import zhErrors from "./zh/errors";
import zhPeople from "./zh/people";
import zhProjects from "./zh/projects";
import zhShell from "./zh/shell";

/** One line per area in each language. English must have the keys of Chinese: a missing one does not compile. */
export const zh = {
  collect: zhCollect,
  common: zhCommon,
  editor: zhEditor,
  errors: zhErrors,
  people: zhPeople,
  projects: zhProjects,
  shell: zhShell,
};

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export const en = {
  collect: enCollect,
  common: enCommon,
  editor: enEditor,
  errors: enErrors,
  people: enPeople,
  projects: enProjects,
  shell: enShell,
} satisfies Same<typeof zh>;

export const resources = { zh, en };
export type Language = keyof typeof resources;
export const LANGUAGES: readonly Language[] = ["zh", "en"];
