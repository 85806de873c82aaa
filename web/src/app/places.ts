import type { Role } from "../api/me";

/** A place on the rail: its address below the project, and who may use it. Texts are `shell:place.<id>`. */
export interface Place {
  id: string;
  path: string;
  group: "work" | "model" | "project";
  roles: readonly Role[];
}

const lead: readonly Role[] = ["manager", "trainer"];
const staff: readonly Role[] = ["manager", "trainer", "inspector", "engineer"];

/** The rail, by stage, as in the picture of the gate map. */
export const PLACES: readonly Place[] = [
  { id: "map", path: "", group: "work", roles: [...staff, "annotator", "client", "operator"] },
  { id: "today", path: "/today", group: "work", roles: ["annotator"] },
  { id: "data", path: "/data", group: "work", roles: staff },
  { id: "rules", path: "/rules", group: "work", roles: [...staff, "annotator", "client"] },
  { id: "learn", path: "/learn", group: "work", roles: ["annotator", "inspector", "trainer"] },
  { id: "members", path: "/members", group: "work", roles: staff },
  { id: "label", path: "/label", group: "work", roles: ["annotator", "inspector", "trainer"] },
  { id: "tasks", path: "/tasks", group: "work", roles: lead },
  { id: "review", path: "/review", group: "work", roles: ["inspector", "trainer", "manager"] },
  { id: "quality", path: "/quality", group: "work", roles: staff },
  { id: "pay", path: "/pay", group: "work", roles: lead },
  { id: "datasets", path: "/datasets", group: "model", roles: [...lead, "engineer", "client"] },
  { id: "models", path: "/models", group: "model", roles: [...lead, "engineer"] },
  { id: "evaluations", path: "/evaluations", group: "model", roles: [...lead, "engineer", "client"] },
  { id: "line", path: "/line", group: "model", roles: [...staff, "operator"] },
  { id: "jobs", path: "/jobs", group: "project", roles: staff },
  { id: "reports", path: "/reports", group: "project", roles: [...lead, "engineer"] },
  { id: "connections", path: "/connections", group: "project", roles: ["manager"] },
  { id: "settings", path: "/settings", group: "project", roles: lead },
];
