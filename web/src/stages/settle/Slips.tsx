import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatFen, formatNumber, formatPercent } from "../../i18n/format";
import { AppealForm } from "./AppealForm";
import { useLineTitle } from "./names";
import type { Line, Slip } from "./queries";

interface Props {
  slips: Slip[];
  period: string;
  project: string;
  /** Whose payslip may still be appealed against here: the reader's own, in time. */
  mine?: string | undefined;
}

/** Payslips of a period, one row a person; opened, the lines that it adds up. */
export function Slips({ slips, period, project, mine }: Props) {
  const { t } = useTranslation("settle");
  const number = (value: string) => formatNumber(Number(value));
  const below = (person: string) => (period === "open" ? `?person=${person}` : `?period=${period}&person=${person}`);
  return (
    <Table<Slip>
      size="small"
      rowKey="person_id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={slips}
      expandable={{
        expandedRowRender: (slip) => (
          <Lines slip={slip} project={project} period={slip.person_id === mine ? period : null} />
        ),
        defaultExpandedRowKeys: mine ? [mine] : [],
      }}
      columns={[
        {
          title: t("pay.person"),
          key: "person",
          render: (_, row) => <Link to={below(row.person_id)}>{row.person}</Link>,
        },
        { title: t("pay.accepted"), key: "accepted", align: "right", render: (_, row) => number(row.accepted) },
        { title: t("pay.rejected"), key: "rejected", align: "right", render: (_, row) => number(row.rejected) },
        {
          title: t("pay.share"),
          key: "share",
          align: "right",
          render: (_, row) => formatPercent(Number(row.accepted_share)),
        },
        { title: t("pay.coefficient"), dataIndex: "coefficient", align: "right" },
        { title: t("pay.quota"), key: "quota", align: "right", render: (_, row) => number(row.units_in_quota) },
        { title: t("pay.base"), key: "base", align: "right", render: (_, row) => formatFen(row.base_fen) },
        {
          title: t("pay.total"),
          key: "total",
          align: "right",
          render: (_, row) => <strong>{formatFen(row.total_fen)}</strong>,
        },
      ]}
    />
  );
}

/** The lines of a payslip; with a `period` they may be appealed against. */
function Lines({ slip, project, period }: { slip: Slip; project: string; period: string | null }) {
  const { t } = useTranslation("settle");
  const title = useLineTitle();
  return (
    <>
      <Table<Line>
        size="small"
        rowKey={(line) => line.id ?? `${line.kind}${line.unit}${line.difficulty}${line.outcome}`}
        pagination={false}
        dataSource={slip.lines}
        columns={[
          { title: t("pay.line"), key: "line", render: (_, line) => title(line) },
          {
            title: t("work.quantity"),
            key: "quantity",
            align: "right",
            render: (_, line) => formatNumber(Number(line.quantity)),
          },
          { title: t("pay.rate"), key: "rate", align: "right", render: (_, line) => line.rate ?? "" },
          { title: t("pay.coefficient"), key: "c", align: "right", render: (_, line) => line.coefficient ?? "" },
          { title: t("pay.amount"), key: "amount", align: "right", render: (_, line) => formatFen(line.amount_fen) },
          {
            title: "",
            key: "appeal",
            render: (_, line) =>
              period !== null &&
              line.id !== null &&
              line.kind !== "correction" && <AppealForm project={project} period={period} line={line.id} />,
          },
        ]}
      />
      <p className="tg-muted tg-small">{t("pay.formula")}</p>
      {period !== null && <AppealForm project={project} period={period} line={null} />}
    </>
  );
}
