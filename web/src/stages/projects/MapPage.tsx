import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatDuration } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { LoopStrip } from "../deploy/LoopStrip";
import { BurnUp } from "./BurnUp";
import { GateCard } from "./GateCard";
import { useMap, useProjectId } from "./queries";
import { WaitingForYou } from "./WaitingForYou";
import "./projects.css";

/** The project's home: five gates, what is missing, the next action for this person, what changed. */
export default function MapPage() {
  const { t } = useTranslation("projects");
  const project = useProjectId();
  const roles = useRoles(project);
  const map = useMap(project);
  if (map.isPending) return <Spin style={{ margin: 40 }} />;
  if (!map.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={map.error} onRetry={() => map.refetch()} />
      </div>
    );
  }
  const { since, changes, gates } = map.data;
  const ago = since ? formatDuration((Date.now() - new Date(since).getTime()) / 1000) : "";
  return (
    <div className="tg-page">
      <h1>{map.data.project.name}</h1>
      <div className="tg-muted">{since ? t("since", { ago, count: changes.length }) : t("sinceNone")}</div>
      <div className="tg-gates">
        {gates.map((gate) => (
          <GateCard key={gate.gate} gate={gate} project={project} roles={roles} />
        ))}
      </div>
      {hasRole(roles, "manager", "trainer", "engineer", "inspector", "client") && <LoopStrip project={project} />}
      <div className="tg-two">
        <div>
          <WaitingForYou project={project} roles={roles} gates={gates} />
          <BurnUp project={project} roles={roles} />
        </div>
        <section className="tg-card">
          <h2>{t("changes")}</h2>
          {changes.length === 0 && <p className="tg-muted">{t("noChanges")}</p>}
          <ul className="tg-list">
            {changes.slice(0, 8).map((change) => (
              <li key={`${change.at}${change.object_id}`}>
                <div>
                  {change.person || t("system")}{" "}
                  {t(`action.${change.action}` as "action.changed", { defaultValue: change.action })}{" "}
                  {t(`object.${change.object_kind}` as "object.project", { defaultValue: change.object_kind })}
                </div>
                <div className="tg-muted">{formatDateTime(change.at)}</div>
              </li>
            ))}
          </ul>
          <Link to={`/projects/${project}/settings`}>{t("history")}</Link>
        </section>
      </div>
    </div>
  );
}
