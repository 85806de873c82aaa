import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { formatDateTime, formatNumber, formatPercent } from "../../../i18n/format";
import { ErrorNote } from "../../../ui/ErrorNote";
import { type Deployment, useSummary } from "../queries";
import { USUAL, VerdictSign } from "./VerdictSign";

/** The present shift in figures large enough to read from a step away. */
export function ShiftSummary({
  project,
  deployment,
  onClose,
}: {
  project: string;
  deployment: Deployment;
  onClose: () => void;
}) {
  const { t } = useTranslation("line");
  const found = useSummary(project, deployment.id);
  const data = found.data;
  return (
    <section className="tc-shift" role="dialog" aria-label={t("console.shift")}>
      <div className="tc-bar">
        <strong className="tc-title">{t("console.shift")}</strong>
        <span className="tc-grow" />
        <button type="button" className="tc-button tc-back" onClick={onClose}>
          {t("console.back")}
        </button>
      </div>
      {found.error && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
      {found.isPending && <Spin />}
      {data && (
        <>
          <p className="tc-muted">
            {t("console.since", { from: formatDateTime(data.since), to: formatDateTime(data.until) })}
          </p>
          <div className="tc-figures">
            <div>
              <strong>{formatNumber(data.pictures)}</strong>
              {t("shift.pictures")}
            </div>
            {(["ok", "defect", "check"] as const).map((verdict) => (
              <div key={verdict} style={{ background: USUAL[verdict] }}>
                <VerdictSign verdict={verdict} size={40} />
                <strong>{formatNumber(data.verdicts[verdict] ?? 0)}</strong>
                {t(`verdict.${verdict}`)}
              </div>
            ))}
            <div>
              <strong>{formatNumber(data.wrong)}</strong>
              {t("shift.wrong")}
              {data.wrong_share && <small> {formatPercent(data.wrong_share.value ?? 0)}</small>}
            </div>
          </div>
          <ul className="tc-list">
            {Object.entries(data.wrong_reasons).map(([reason, count]) => (
              <li key={reason}>
                {t(`reason.${reason}` as "reason.missed")} <strong>{formatNumber(count)}</strong>
              </li>
            ))}
            {Object.entries(data.labels).map(([label, count]) => (
              <li key={label}>
                {label} <strong>{formatNumber(count)}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
