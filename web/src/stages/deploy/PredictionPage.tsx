import { Spin, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { PredictionPicture } from "./console/Picture";
import { usePrediction } from "./queries";
import "./line.css";

/** One answer: the picture with its boxes, the verdict, what was said of it, what shadows said, and the way back. */
export default function PredictionPage() {
  const { t } = useTranslation("line");
  const project = useProjectId();
  const roles = useRoles(project);
  const { deployment = "", prediction = "" } = useParams();
  const found = usePrediction(project, deployment, prediction);
  if (found.isPending) return <Spin style={{ margin: 40 }} />;
  if (!found.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={found.error} onRetry={() => found.refetch()} />
      </div>
    );
  }
  const row = found.data;
  const home = `/projects/${project}/line/${deployment}`;
  return (
    <div className="tg-page">
      <Link to={`${home}?view=log`}>{t("tab.log")}</Link>
      <h1>{row.name || t("answer")}</h1>
      <div className="tg-row">
        <Tag>{t(`verdict.${row.verdict}`)}</Tag>
        {row.reason && <span>{t(`why.${row.reason}` as "why.quiet", { defaultValue: row.reason })}</span>}
        <span>{row.model ? `m${row.model}` : "–"}</span>
        <span className="tg-muted">
          {formatDateTime(row.created_at)} · {formatNumber(row.latency_ms, 0)} ms ·{" "}
          {t("brightnessIs", { value: row.brightness === null ? "–" : formatNumber(row.brightness, 0) })}
        </span>
        {hasRole(roles, "manager", "trainer", "engineer", "inspector") && (
          <Link to={`${home}/predictions/${row.id}/provenance`}>{t("walk.back")}</Link>
        )}
      </div>
      <div style={{ maxWidth: 820, margin: "12px 0" }}>
        <PredictionPicture prediction={row} />
      </div>
      <h2>{t("said")}</h2>
      {row.feedback_all.length === 0 && <p className="tg-muted">{t("nothingSaid")}</p>}
      <ul className="tg-list">
        {row.feedback_all.map((one) => (
          <li key={one.id}>
            {one.kind === "wrong"
              ? t("console.saidWrong", { reason: t(`reason.${one.reason || "other"}` as "reason.other") })
              : t("console.saidRight")}{" "}
            {one.note} <span className="tg-muted">{formatDateTime(one.created_at)}</span>
          </li>
        ))}
      </ul>
      {row.shadows.length > 0 && (
        <>
          <h2>{t("shadow")}</h2>
          <ul className="tg-list">
            {row.shadows.map((one) => (
              <li key={one.id}>
                m{one.model} <Tag>{t(`verdict.${one.verdict}`)}</Tag>
                {t("score", { score: formatNumber(one.top_score ?? 0, 2) })}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
