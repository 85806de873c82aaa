import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import { RouteError } from "./RouteError";
import { Shell } from "./Shell";

/** A page file default-exports its component; it is loaded when its address is first opened. */
type Page = () => Promise<{ default: ComponentType }>;

/** Pages without the frame: signing in, and full-screen work. */
const bare: Record<string, Page> = {
  "/login": () => import("../stages/people/LoginPage"),
  "/link": () => import("../stages/people/LinkPage"),
  "/projects/:project/gold/:item": () => import("../stages/quality/GoldPage"),
  "/projects/:project/review": () => import("../stages/quality/ReviewPage"),
  "/projects/:project/line/:deployment/console": () => import("../stages/deploy/console/ConsolePage"),
  "/projects/:project/label": () => import("../stages/annotate/LabelPage"),
};

/** One line per page. Addresses are stable: people paste them in chats. */
const framed: Record<string, Page> = {
  "/": () => import("../stages/projects/ProjectsPage"),
  "/me/keys": () => import("../stages/annotate/KeysPage"),
  "/me": () => import("../stages/people/MePage"),
  "/org": () => import("../stages/people/OrgPage"),
  "/org/connections": () => import("../stages/connect/ConnectionsPage"),
  "/org/audit": () => import("../stages/people/AuditPage"),
  "/projects/:project": () => import("../stages/projects/MapPage"),
  "/projects/:project/data": () => import("../stages/collect/DataPage"),
  "/projects/:project/rules": () => import("../stages/rules/RulesPage"),
  "/projects/:project/learn": () => import("../stages/academy/LearnPage"),
  "/projects/:project/tasks": () => import("../stages/annotate-lists/TasksPage"),
  "/projects/:project/annotations/:annotation": () => import("../stages/annotate-lists/AnnotationPage"),
  "/projects/:project/members": () => import("../stages/projects/MembersPage"),
  "/projects/:project/reports": () => import("../stages/reports/ReportsPage"),
  "/projects/:project/settings": () => import("../stages/projects/SettingsPage"),
  "/projects/:project/connections": () => import("../stages/connect/ConnectionsPage"),
  "/projects/:project/models": () => import("../stages/train/ModelsPage"),
  "/projects/:project/models/:model": () => import("../stages/train/ModelPage"),
  "/projects/:project/evaluations": () => import("../stages/evaluate/EvaluationsPage"),
  "/projects/:project/evaluations/:evaluation": () => import("../stages/evaluate/EvaluationPage"),
  "/projects/:project/evaluations/:evaluation/pictures": () => import("../stages/evaluate/PicturesPage"),
  "/projects/:project/evaluations/:evaluation/compare/:other": () => import("../stages/evaluate/ComparePage"),
  "/projects/:project/line": () => import("../stages/deploy/LinePage"),
  "/projects/:project/line/:deployment": () => import("../stages/deploy/DeploymentPage"),
  "/projects/:project/line/:deployment/predictions/:prediction": () => import("../stages/deploy/PredictionPage"),
  "/projects/:project/line/:deployment/predictions/:prediction/provenance": () =>
    import("../stages/deploy/ProvenancePage"),
  "/projects/:project/rules/:rule/touched": () => import("../stages/deploy/TouchedPage"),
  "/projects/:project/loop": () => import("../stages/deploy/LoopPage"),
  "/projects/:project/jobs": () => import("../stages/projects/JobsPage"),
  "/projects/:project/today": () => import("../stages/settle/TodayPage"),
  "/projects/:project/today/work": () => import("../stages/settle/MyWorkPage"),
  "/projects/:project/quality": () => import("../stages/quality/QualityPage"),
  "/projects/:project/pay": () => import("../stages/settle/PayPage"),
  "/projects/:project/datasets": () => import("../stages/datasets/DatasetsPage"),
  "/projects/:project/datasets/:version": () => import("../stages/datasets/VersionPage"),
  "*": () => import("./NotFoundPage"),
};

function table(pages: Record<string, Page>): RouteObject[] {
  return Object.entries(pages).map(([path, page]) => ({
    path,
    lazy: async () => ({ Component: (await page()).default }),
    errorElement: <RouteError />,
    hydrateFallbackElement: <div />,
  }));
}

export const routes: RouteObject[] = [...table(bare), { element: <Shell />, children: table(framed) }];
