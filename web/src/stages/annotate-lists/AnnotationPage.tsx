import { Button, Spin, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { hasRole, useMe, useRoles } from "../../api/me";
import { formatDateTime, formatDuration, formatNumber } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { CopyText } from "../../ui/CopyText";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Mark, MarkedPicture } from "../../ui/MarkedPicture";
import "../projects/projects.css";
import { useProjectId } from "../projects/queries";
import { FindingCard } from "../quality/FindingCard";
import { useVersion } from "../rules/queries";
import { useNames } from "../settle/names";
import { differences } from "./differences";
import { type AnswerDetail, useAnswer, usePayOfAnswer, useTrail } from "./queries";
import "./tasks.css";

const REMOVED = "#ff5c57";

/** `/projects/:project/annotations/:annotation`: one answer with everything that happened to it, to read only. */
export default function AnnotationPage() {
  const { t } = useTranslation("tasks");
  const project = useProjectId();
  const { annotation = "" } = useParams();
  const found = useAnswer(project, annotation);
  if (found.isPending) return <Spin style={{ margin: 40 }} description={t("loading")} />;
  if (!found.data) {
    return (
      <div className="tg-page">
        <h1>{t("page.title")}</h1>
        <ErrorNote error={found.error} onRetry={() => found.refetch()} />
      </div>
    );
  }
  return <Body project={project} detail={found.data} />;
}

function Body({ project, detail }: { project: string; detail: AnswerDetail }) {
  const { t } = useTranslation("tasks");
  const [number, setNumber] = useState(detail.revision);
  const shown = detail.revisions.find((one) => one.number === number) ?? detail.revisions.at(-1);
  const before = detail.revisions.find((one) => one.number === shown?.base);
  const rules = useVersion(project, shown?.rule_version_id ?? null);
  const roles = useRoles(project);
  const me = useMe();
  const classes = new Map((rules.data?.label_set ?? []).map((entry) => [entry.key, entry]));
  const nameOf = (key: unknown) => localized(classes.get(String(key))?.name, String(key));
  const change = differences(before?.labels ?? [], shown?.labels ?? []);
  const marks: Mark[] = [
    ...toMarks(shown?.labels ?? [], (label) => ({
      color: classes.get(String(label.label))?.color ?? "#ffb000",
      text: nameOf(label.label) + (before && change.added.includes(label) ? " +" : ""),
    })),
    ...(before ? toMarks(change.removed, () => ({ color: REMOVED, dashed: true })) : []),
  ];
  const who = (id: string | null) => (id === null ? t("imported") : (detail.people[id] ?? t("page.inspector")));
  const mayPay = detail.person_id === me.data?.person_id || hasRole(roles, "manager");
  const rule = rules.data ? `${rules.data.major}.${rules.data.minor}` : "…";
  return (
    <div className="tg-page">
      <h1 className="tg-answer-title">{detail.item.name}</h1>
      <div className="tg-row tg-answer-facts">
        <span className="tg-pill tg-pill-working">{t(`answer.${detail.state}`)}</span>
        <span>{who(detail.person_id)}</span>
        <span className="tg-muted">
          {formatDateTime(detail.submitted_at)} · {t("page.rules", { number: rule })} ·{" "}
          {t("revision", { number: detail.revision })}
        </span>
        <CopyText text={location.href} />
      </div>
      <div className="tg-two tg-answer">
        <div>
          {detail.item.image_url ? (
            <MarkedPicture
              src={detail.item.image_url}
              width={detail.item.width}
              height={detail.item.height}
              alt={detail.item.name}
              marks={marks}
            />
          ) : (
            <EmptyState title={t("page.noPicture")} hint={t("page.noPictureHint")} />
          )}
          <LabelList labels={shown?.labels ?? []} nothing={shown?.nothing ?? false} nameOf={nameOf} />
        </div>
        <div className="tg-stack">
          <section className="tg-card">
            <h2>{t("history")}</h2>
            <ul className="tg-list">
              {[...detail.revisions].reverse().map((one) => (
                <li key={one.id}>
                  <Button
                    type="link"
                    size="small"
                    aria-pressed={one.number === shown?.number}
                    onClick={() => setNumber(one.number)}
                  >
                    {one.number === shown?.number ? "▸ " : ""}
                    {t("revision", { number: one.number })} · {t(`reason.${one.reason}`)}
                  </Button>
                  <div className="tg-muted">
                    {who(one.author_id)} · {formatDateTime(one.created_at)} · {formatDuration(one.seconds)}
                  </div>
                  <Change one={one} all={detail.revisions} />
                </li>
              ))}
            </ul>
          </section>
          <Trail project={project} annotation={detail.id} />
          {mayPay && <Pay project={project} annotation={detail.id} />}
        </div>
      </div>
    </div>
  );
}

type RawLabel = AnswerDetail["revisions"][number]["labels"][number];

function toMarks(
  labels: readonly RawLabel[],
  style: (label: RawLabel) => Pick<Mark, "color" | "text" | "dashed">,
): Mark[] {
  return labels.flatMap((label, place) => {
    if (label.kind !== "box") return [];
    const rect = { x: Number(label.x), y: Number(label.y), width: Number(label.width), height: Number(label.height) };
    const look = style(label);
    return [{ ...rect, id: `${look.dashed ? "old" : "now"}${place}`, ...look }];
  });
}

function LabelList(props: { labels: readonly RawLabel[]; nothing: boolean; nameOf: (key: unknown) => string }) {
  const { t } = useTranslation("tasks");
  const { labels, nothing, nameOf } = props;
  if (nothing) return <p>{t("nothingHere")}</p>;
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(nameOf(label.label), (counts.get(nameOf(label.label)) ?? 0) + 1);
  return (
    <p className="tg-muted">
      {t("labels", { count: labels.length })}
      {[...counts].map(([name, count]) => ` · ${name} ${formatNumber(count)}`)}
    </p>
  );
}

/** What a version changed against the one it was made from. */
function Change({ one, all }: { one: AnswerDetail["revisions"][number]; all: AnswerDetail["revisions"] }) {
  const { t } = useTranslation("tasks");
  const before = all.find((other) => other.number === one.base);
  if (!before) return null;
  const { added, removed, moved, reclassed, attributes } = differences(before.labels, one.labels);
  const parts = [
    added.length && t("page.added", { count: added.length }),
    removed.length && t("page.removed", { count: removed.length }),
    moved.length && t("page.moved", { count: moved.length }),
    reclassed.length && t("page.reclassed", { count: reclassed.length }),
    attributes.length && t("page.attributes", { count: attributes.length }),
  ].filter(Boolean);
  return <div>{parts.length ? parts.join(t("page.comma")) : t("page.same")}</div>;
}

function Trail({ project, annotation }: { project: string; annotation: string }) {
  const { t } = useTranslation("tasks");
  const names = useNames();
  const trail = useTrail(project, annotation);
  if (trail.error) return null;
  const steps = trail.data?.judgements ?? [];
  const findings = trail.data?.findings ?? [];
  return (
    <section className="tg-card">
      <h2>{t("page.review")}</h2>
      {steps.length === 0 && findings.length === 0 && <p className="tg-muted">{t("page.notReviewed")}</p>}
      <ul className="tg-list">
        {steps.map((step) => (
          <li key={step.id}>
            <span className={`tg-outcome-${step.outcome}`}>{names.outcome(step.outcome)}</span>{" "}
            {formatNumber(Number(step.quantity))} {names.unit(step.unit)}
            {step.corrects && ` · ${t("page.corrects")}`}
            <div className="tg-muted">
              {formatDateTime(step.judged_at)}
              {step.by && ` · ${step.by}`}
              {step.via && ` · ${t(`page.via.${step.via}`)}`}
            </div>
          </li>
        ))}
      </ul>
      {findings.map((finding) => (
        <FindingCard key={finding.id} project={project} finding={finding} />
      ))}
    </section>
  );
}

function Pay({ project, annotation }: { project: string; annotation: string }) {
  const { t } = useTranslation("tasks");
  const { t: settle } = useTranslation("settle");
  const names = useNames();
  const pay = usePayOfAnswer(project, annotation);
  const rows = pay.data?.items ?? [];
  if (pay.error) return null;
  return (
    <section className="tg-card">
      <h2>{t("page.pay")}</h2>
      {rows.length === 0 ? (
        <p className="tg-muted">{t("page.unpaid")}</p>
      ) : (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={rows}
          columns={[
            {
              title: settle("work.quantity"),
              key: "quantity",
              render: (_, row) => `${formatNumber(Number(row.quantity))} ${names.unit(row.unit)}`,
            },
            { title: settle("work.outcome"), key: "outcome", render: (_, row) => names.outcome(row.outcome) },
            {
              title: t("column.state"),
              key: "state",
              render: (_, row) => settle(row.void ? "work.void" : row.period_id ? "work.paid" : "work.open"),
            },
          ]}
        />
      )}
      <Link to={`/projects/${project}/today/work`}>{t("page.allPay")}</Link>
    </section>
  );
}
