import { Spin, Table } from "antd";
import { useTranslation } from "react-i18next";
import { hasRole, useRoles } from "../../api/me";
import { formatNumber, formatPercent } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure } from "../../ui/Figure";
import { useProjectId } from "../projects/queries";
import { Confusion } from "./Confusion";
import { Contested } from "./Contested";
import { Flags } from "./Flags";
import { GoldPanel } from "./GoldPanel";
import { LabelTables } from "./LabelTables";
import { Lots } from "./Lots";
import { type PersonRow, type Quality, useQuality } from "./queries";
import { ShareCell } from "./ShareCell";
import "../projects/projects.css";
import "./quality.css";

/** Live quality: the gate's figure, people, labels, confusion, lots, flags, contests and gold. */
export default function QualityPage() {
  const { t } = useTranslation("quality");
  const project = useProjectId();
  const roles = useRoles(project);
  const lead = hasRole(roles, "manager", "trainer");
  const report = useQuality(project);
  if (report.isPending) {
    return <Spin style={{ margin: "30vh auto", display: "block" }} description={t("page.loading")} />;
  }
  if (!report.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={report.error} onRetry={() => report.refetch()} />
      </div>
    );
  }
  const { people, labels, attributes, confusion, flags } = report.data;
  return (
    <div className="tg-page">
      <h1>{t("page.title")}</h1>
      <Figures project={project} report={report.data} />
      <Flags project={project} flags={flags} people={people} lead={lead} />
      {people.length === 0 ? (
        <EmptyState title={t("page.none")} hint={t("page.noneHint")} />
      ) : (
        <>
          <People rows={people} />
          <section className="tg-section">
            <h2>{t("page.labels")}</h2>
            <LabelTables project={project} labels={labels} attributes={attributes} />
          </section>
          <Confusion project={project} cells={confusion} />
        </>
      )}
      <Contested project={project} />
      <Lots project={project} lead={lead} />
      {lead && <GoldPanel project={project} />}
    </div>
  );
}

function Figures({ project, report }: { project: string; report: Quality }) {
  const { t } = useTranslation("quality");
  const { gate } = report;
  const share = (value: number | null) => (value === null ? "–" : formatPercent(value));
  const base = `/projects/${project}`;
  return (
    <div className="tg-quality-figures">
      <div className="tg-card" style={{ gridColumn: "span 2" }}>
        <Figure
          label={t("page.gate")}
          value={share(gate.share)}
          note={t("page.gateNote", {
            accepted: formatNumber(gate.accepted),
            judged: formatNumber(gate.judged),
            low: share(gate.low),
            high: share(gate.high),
            threshold: share(gate.threshold),
          })}
        />
      </div>
      <div className="tg-card">
        <Figure
          label={t("page.first")}
          value={share(gate.first_pass.share)}
          note={t("page.shareNote", {
            part: formatNumber(gate.first_pass.part),
            whole: formatNumber(gate.first_pass.whole),
            low: share(gate.first_pass.low),
            high: share(gate.first_pass.high),
          })}
        />
      </div>
      <div className="tg-card">
        <Figure label={t("page.waiting")} value={formatNumber(report.waiting_reviews)} to={`${base}/review`} />
      </div>
      <div className="tg-card">
        <Figure label={t("page.contested")} value={formatNumber(report.contested)} to="#contested" />
      </div>
      <div className="tg-card">
        <Figure
          label={t("page.disagreements")}
          value={formatNumber(report.disagreements)}
          to={`${base}/review?view=disagreements`}
        />
      </div>
    </div>
  );
}

function People({ rows }: { rows: PersonRow[] }) {
  const { t } = useTranslation("quality");
  const project = useProjectId();
  const found = (row: PersonRow) =>
    Object.entries(row.findings)
      .sort(([, a], [, b]) => b - a)
      .map(([type, count]) => `${t(`type.${type}` as "type.missed")} ${formatNumber(count)}`)
      .join(" · ");
  return (
    <section className="tg-section">
      <h2>{t("page.people")}</h2>
      <Table<PersonRow>
        size="small"
        rowKey="person_id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={rows}
        expandable={{
          rowExpandable: (row) => row.labels.length > 0,
          expandedRowRender: (row) => <LabelTables project={project} labels={row.labels} attributes={row.attributes} />,
        }}
        columns={[
          {
            title: t("page.person"),
            key: "name",
            render: (_, row) => (
              <>
                {row.name} {row.flagged && <span className="tg-pill tg-pill-reclosed">⚑ {t("page.flagged")}</span>}
              </>
            ),
          },
          { title: t("page.units"), key: "units", render: (_, row) => <ShareCell share={row.units} /> },
          { title: t("page.checked"), key: "checked", render: (_, row) => <ShareCell share={row.checked} /> },
          { title: t("page.gold"), key: "gold", render: (_, row) => <ShareCell share={row.gold} /> },
          { title: t("page.findings"), key: "findings", render: (_, row) => found(row) || "–" },
          {
            title: t("page.reviewShare"),
            key: "share",
            align: "right",
            render: (_, row) => formatPercent(row.review_share, 0),
          },
        ]}
      />
    </section>
  );
}
