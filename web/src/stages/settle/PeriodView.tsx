import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../../api/me";
import { currentLanguage } from "../../i18n";
import { formatDate, formatDateTime, formatFen } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { usePeriod } from "./queries";
import { Slips } from "./Slips";

/** A closed period: its payslips, and the files from which anybody can recompute them. */
export function PeriodView({ project, period }: { project: string; period: string }) {
  const { t } = useTranslation("settle");
  const detail = usePeriod(project, period);
  const me = useMe();
  const base = `/api/v1/projects/${project}/pay/periods/${period}`;
  if (detail.isPending) return <Spin style={{ margin: "30vh auto", display: "block" }} description={t("loading")} />;
  if (!detail.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={detail.error} onRetry={() => detail.refetch()} />
      </div>
    );
  }
  const {
    number,
    starts_on: from,
    ends_on: to,
    total_fen: total,
    closed_at: at,
    slips,
    appeal_until: until,
  } = detail.data;
  const own = slips.some((slip) => slip.person_id === me.data?.person_id);
  const mine = own && new Date(until) > new Date() ? me.data?.person_id : undefined;
  return (
    <div className="tg-page">
      <Link to="?">← {t("pay.backToPay")}</Link>
      <div className="tg-row tg-between">
        <div>
          <h1>
            {t("pay.detailOf", { number })} · {formatFen(total)}
          </h1>
          <div className="tg-muted">
            {formatDate(`${from}T12:00:00`)} – {formatDate(`${to}T12:00:00`)} · {t("pay.closedAt")} {formatDateTime(at)}
          </div>
        </div>
        <div className="tg-row">
          <Button type="primary" href={`${base}/csv?table=payslips&language=${currentLanguage()}`}>
            {t("pay.csv")}
          </Button>
          <Button href={`${base}/csv?table=work`}>{t("pay.workCsv")}</Button>
          <Button href={`${base}/csv?table=corrections`}>{t("pay.correctionsCsv")}</Button>
          <Button href={`${base}/rates`}>{t("pay.ratesFile")}</Button>
          <Link to={`?period=${period}&person=all`}>{t("pay.allWork")}</Link>
        </div>
      </div>
      {mine && <p className="tg-note">{t("appeal.until", { when: formatDateTime(until) })}</p>}
      <Slips slips={slips} period={period} project={project} mine={mine} />
    </div>
  );
}
