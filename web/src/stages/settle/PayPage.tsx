import { Button, Popover, Spin, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { hasRole, useMe, useRoles } from "../../api/me";
import { formatDate, formatDateTime, formatFen } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { Appeals } from "./Appeals";
import { PeriodView } from "./PeriodView";
import { type Period, usePayActions, usePeriods } from "./queries";
import { RateCard } from "./RateCard";
import { Slips } from "./Slips";
import { WorkTable } from "./WorkTable";
import "../projects/projects.css";
import "./settle.css";

/** The running period as an estimate, closed periods with their payslips, the rates, and every row below them. */
export default function PayPage() {
  const { t } = useTranslation("settle");
  const project = useProjectId();
  const roles = useRoles(project);
  const owner = roles.has("owner");
  const lead = hasRole(roles, "manager");
  const me = useMe();
  const [search] = useSearchParams();
  const periods = usePeriods(project);
  const chosen = search.get("period");
  const person = search.get("person");
  if (person) {
    return (
      <div className="tg-page">
        <Link to={chosen ? `?period=${chosen}` : "?"}>← {t("pay.backToPay")}</Link>
        <h1>{t("pay.allWork")}</h1>
        <p className="tg-muted">{t("today.workHint")}</p>
        <WorkTable project={project} person={person === "all" ? null : person} period={chosen ?? "open"} />
      </div>
    );
  }
  if (chosen) return <PeriodView project={project} period={chosen} />;
  if (periods.isPending) return <Spin style={{ margin: "30vh auto", display: "block" }} description={t("loading")} />;
  if (!periods.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={periods.error} onRetry={() => periods.refetch()} />
      </div>
    );
  }
  const { open, items } = periods.data;
  return (
    <div className="tg-page">
      <h1>{t("pay.title")}</h1>
      <section className="tg-card">
        <div className="tg-row tg-between">
          <div>
            <h2>
              {t("pay.open")} · {formatFen(open.total_fen)}
            </h2>
            <div className="tg-muted">{t("pay.openHint", { from: formatDate(`${open.starts_on}T12:00:00`) })}</div>
          </div>
          {owner ? (
            <ClosePeriod project={project} open={open} />
          ) : (
            <span className="tg-muted">{t("pay.ownerOnly")}</span>
          )}
        </div>
        {open.problem && <div className="tg-note tg-note-bad">{t("pay.problem", { problem: open.problem })}</div>}
        {!open.problem && open.slips.length === 0 && <p className="tg-muted">{t("pay.noSlips")}</p>}
        {open.slips.length > 0 && <Slips slips={open.slips} period="open" project={project} />}
      </section>
      <section className="tg-card tg-pay-section">
        <h2>{t("pay.periods")}</h2>
        {items.length === 0 ? (
          <p className="tg-muted">
            {t("pay.none")}. {t("pay.noneHint")}
          </p>
        ) : (
          <Periods items={items} />
        )}
      </section>
      <Appeals project={project} answers={lead} me={me.data?.person_id} />
      <RateCard project={project} editable={owner} />
    </div>
  );
}

function Periods({ items }: { items: Period[] }) {
  const { t } = useTranslation("settle");
  const day = (value: string) => formatDate(`${value}T12:00:00`);
  return (
    <Table<Period>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={items}
      columns={[
        { title: t("pay.number"), key: "n", render: (_, row) => <Link to={`?period=${row.id}`}>{row.number}</Link> },
        { title: t("pay.range"), key: "range", render: (_, row) => `${day(row.starts_on)} – ${day(row.ends_on)}` },
        { title: t("pay.people"), dataIndex: "people", align: "right" },
        {
          title: t("pay.total"),
          key: "total",
          align: "right",
          render: (_, row) => <Link to={`?period=${row.id}`}>{formatFen(row.total_fen)}</Link>,
        },
        {
          title: t("pay.closedAt"),
          key: "closed",
          render: (_, row) => `${formatDateTime(row.closed_at)}${row.early ? ` · ${t("pay.early")}` : ""}`,
        },
      ]}
    />
  );
}

type Open = NonNullable<ReturnType<typeof usePeriods>["data"]>["open"];

/** Closing can't be undone, so the button says what it writes before it writes it. */
function ClosePeriod({ project, open }: { project: string; open: Open }) {
  const { t } = useTranslation("settle");
  const { close } = usePayActions(project);
  const what = (
    <div className="tg-stack" style={{ maxWidth: 340 }}>
      <div>{t("pay.closeWhat", { people: open.slips.length, total: formatFen(open.total_fen) })}</div>
      <div className="tg-muted">{t("pay.closeEarly")}</div>
      {close.error && <ErrorNote error={close.error} />}
      <Button type="primary" loading={close.isPending} onClick={() => close.mutate()}>
        {t("pay.closeNow")}
      </Button>
    </div>
  );
  return (
    <div className="tg-row">
      {close.data && <span className="tg-muted">{t("pay.closed", { number: close.data.number })}</span>}
      <Popover content={what} trigger="click" placement="bottomRight">
        <Button type="primary" disabled={open.slips.length === 0}>
          {t("pay.close")}
        </Button>
      </Popover>
    </div>
  );
}
