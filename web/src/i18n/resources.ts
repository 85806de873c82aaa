import enAcademy from "./en/academy";
import enCollect from "./en/collect";
import enCommon from "./en/common";
import enConnect from "./en/connect";
import enDatasets from "./en/datasets";
import enEditor from "./en/editor";
import enErrors from "./en/errors";
import enEvaluate from "./en/evaluate";
import enKeys from "./en/keys";
import enLabel from "./en/label";
import enLine from "./en/line";
import enPeople from "./en/people";
import enProjects from "./en/projects";
import enQuality from "./en/quality";
import enReports from "./en/reports";
import enRules from "./en/rules";
import enSettle from "./en/settle";
import enShell from "./en/shell";
import enTasks from "./en/tasks";
import enTrain from "./en/train";
import zhAcademy from "./zh/academy";
import zhCollect from "./zh/collect";
import zhCommon from "./zh/common";
import zhConnect from "./zh/connect";
import zhDatasets from "./zh/datasets";
import zhEditor from "./zh/editor";
import zhErrors from "./zh/errors";
import zhEvaluate from "./zh/evaluate";
import zhKeys from "./zh/keys";
import zhLabel from "./zh/label";
import zhLine from "./zh/line";
import zhPeople from "./zh/people";
import zhProjects from "./zh/projects";
import zhQuality from "./zh/quality";
import zhReports from "./zh/reports";
import zhRules from "./zh/rules";
import zhSettle from "./zh/settle";
import zhShell from "./zh/shell";
import zhTasks from "./zh/tasks";
import zhTrain from "./zh/train";

/** One line per area in each language. English must have the keys of Chinese: a missing one does not compile. */
export const zh = {
  collect: zhCollect,
  common: zhCommon,
  connect: zhConnect,
  editor: zhEditor,
  errors: zhErrors,
  keys: zhKeys,
  evaluate: zhEvaluate,
  label: zhLabel,
  line: zhLine,
  people: zhPeople,
  projects: zhProjects,
  datasets: zhDatasets,
  quality: zhQuality,
  settle: zhSettle,
  reports: zhReports,
  rules: zhRules,
  academy: zhAcademy,
  tasks: zhTasks,
  shell: zhShell,
  train: zhTrain,
};

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export const en = {
  collect: enCollect,
  common: enCommon,
  connect: enConnect,
  editor: enEditor,
  errors: enErrors,
  keys: enKeys,
  evaluate: enEvaluate,
  label: enLabel,
  line: enLine,
  people: enPeople,
  projects: enProjects,
  datasets: enDatasets,
  quality: enQuality,
  settle: enSettle,
  reports: enReports,
  rules: enRules,
  academy: enAcademy,
  tasks: enTasks,
  shell: enShell,
  train: enTrain,
} satisfies Same<typeof zh>;

export const resources = { zh, en };
export type Language = keyof typeof resources;
export const LANGUAGES: readonly Language[] = ["zh", "en"];
