import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok } from "../../api/client";
import { hasRole, type Role } from "../../api/me";
import { formatPercent } from "../../i18n/format";
import { type Gate, useJobs } from "./queries";

interface Entry {
  path: string;
  text: string;
}

/** Open things in the queues of leads and inspectors, each with its number. */
function useQueues(project: string, roles: ReadonlySet<Role>): Entry[] {
  const { t } = useTranslation("projects");
  const judges = hasRole(roles, "manager", "trainer", "inspector");
  const params = { path: { project_id: project } };
  const quality = useQuery({
    queryKey: ["quality", "waiting", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/quality", { params })),
    enabled: judges,
  });
  const questions = useQuery({
    queryKey: ["rules", "waiting", project],
    queryFn: () =>
      ok(api.GET("/api/v1/projects/{project_id}/clarifications", { params: { ...params, query: { state: "open" } } })),
    enabled: hasRole(roles, "trainer"),
  });
  const found: Entry[] = [];
  const add = (count: number | undefined, path: string, text: (count: number) => string) => {
    if (count) found.push({ path, text: text(count) });
  };
  add(quality.data?.waiting_reviews, "/review", (count) => t("waitReviews", { count }));
  add(quality.data?.disagreements, "/review", (count) => t("waitDisagreements", { count }));
  add(quality.data?.contested, "/quality", (count) => t("waitContested", { count }));
  add(quality.data?.flags.length, "/quality", (count) => t("waitFlags", { count }));
  add(questions.data?.items.length, "/rules", (count) => t("waitQuestions", { count }));
  return found;
}

/** What waits for this person: queues with their numbers, the next action of each gate, and running work. */
export function WaitingForYou({
  project,
  roles,
  gates,
}: {
  project: string;
  roles: ReadonlySet<Role>;
  gates: readonly Gate[];
}) {
  const { t } = useTranslation("projects");
  const jobs = useJobs(project, hasRole(roles, "manager", "trainer", "inspector", "engineer"));
  const running = (jobs.data ?? []).filter((job) => job.state === "running" || job.state === "queued");
  const entries = useQueues(project, roles);
  const state = (gate: number) => gates.find((one) => one.gate === gate)?.state;
  const next = (label: string) => t(`next.${label}` as "next.wait");
  if (hasRole(roles, "annotator") && !roles.has("owner")) {
    entries.push({ path: "/today", text: next("label") }, { path: "/learn", text: next("learn") });
  }
  if (hasRole(roles, "trainer")) {
    if (state(1) !== "open") entries.push({ path: "/data", text: next("import") });
    const unwritten = gates.some((one) => one.missing.some((fact) => fact.code === "academy.no_rules"));
    if (unwritten) entries.push({ path: "/rules", text: next("publish") });
    if (state(3) === "open") entries.push({ path: "/datasets", text: next("freeze") });
  }
  return (
    <section className="tg-card">
      <h2>{t("waiting")}</h2>
      <ul className="tg-list">
        {entries.map((entry) => (
          <li key={entry.path + entry.text}>
            <Link to={`/projects/${project}${entry.path}`}>{entry.text}</Link>
          </li>
        ))}
        {running.map((job) => (
          <li key={job.id}>
            <Link to={`/projects/${project}/jobs`}>
              {t(`job.${job.kind}` as "job.import", { defaultValue: job.kind })} {job.title}
            </Link>{" "}
            <span className="tg-muted">{job.total ? formatPercent(job.done / job.total, 0) : job.done}</span>
          </li>
        ))}
      </ul>
      {entries.length + running.length === 0 && <p className="tg-muted">{t("nothingWaits")}</p>}
    </section>
  );
}
