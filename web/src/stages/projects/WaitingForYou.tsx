import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, type Role } from "../../api/me";
import { formatPercent } from "../../i18n/format";
import { type Gate, useJobs } from "./queries";

/** What waits for this person: the next action of each closed gate that the role can move, and running work. */
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
  const staff = hasRole(roles, "manager", "trainer", "inspector", "engineer");
  const jobs = useJobs(project, staff);
  const running = (jobs.data ?? []).filter((job) => job.state === "running" || job.state === "queued");
  const links: { path: string; label: string }[] = [];
  const state = (gate: number) => gates.find((one) => one.gate === gate)?.state;
  if (hasRole(roles, "annotator") && !roles.has("owner")) {
    links.push({ path: "/learn", label: "learn" }, { path: "/label", label: "label" });
  }
  if (hasRole(roles, "inspector")) links.push({ path: "/review", label: "review" });
  if (hasRole(roles, "trainer")) {
    if (state(1) !== "open") links.push({ path: "/data", label: "import" });
    if (state(2) === "closed") links.push({ path: "/rules", label: "publish" });
    if (state(3) === "open") links.push({ path: "/datasets", label: "freeze" });
  }
  return (
    <section className="tg-card">
      <h2>{t("waiting")}</h2>
      <ul className="tg-list">
        {links.map((link) => (
          <li key={link.path}>
            <Link to={`/projects/${project}${link.path}`}>{t(`next.${link.label}` as "next.wait")}</Link>
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
      {links.length + running.length === 0 && <p className="tg-muted">{t("nothingWaits")}</p>}
    </section>
  );
}
