import { Button, Spin, Table, Tag } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { formatBytes, formatDateTime, formatDuration, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { Figure } from "../../ui/Figure";
import { CopyHash } from "../datasets/CopyHash";
import { useEvaluations } from "../evaluate/queries";
import { useProjectId } from "../projects/queries";
import { useLabelNames } from "../quality/labelset";
import { figure, metricName, thresholdSource, useParamName, valueText } from "./names";
import { type ModelDetail, useModel } from "./queries";
import "../evaluate/evaluate.css";
import "../projects/projects.css";
import "./train.css";

const Markdown = lazy(() => import("../../ui/Markdown"));

type Numbers = Record<string, number | undefined>;

/** The card of a model: what it is for, how far to trust it, where it comes from, and how to use it elsewhere. */
export default function ModelPage() {
  const { t } = useTranslation("train");
  const project = useProjectId();
  const { model = "" } = useParams();
  const found = useModel(project, model);
  if (found.error) return <ErrorNote error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data) return <Spin style={{ margin: 40 }} />;
  const card = found.data;
  return (
    <div className="tg-page">
      <div className="tg-muted">
        <Link to={`/projects/${project}/models`}>{t("title")}</Link>
      </div>
      <div className="tg-row tg-between">
        <h1>
          {t("model")} m{card.number}{" "}
          <Tag>{t(`recipes.${card.recipe}` as "recipes.detection", { defaultValue: card.recipe })}</Tag>
        </h1>
        <div className="tg-row">
          <Link to={`/projects/${project}/evaluations?model=${card.number}`}>
            <Button>{t("evaluate")}</Button>
          </Link>
          <Link to={`/projects/${project}/line?model=${card.id}`}>
            <Button>{t("toLine")}</Button>
          </Link>
          {card.url && (
            <a href={card.url}>
              <Button type="primary">
                {t("download")} ({formatBytes(card.size)})
              </Button>
            </a>
          )}
        </div>
      </div>
      <Figures card={card} />
      <div className="tg-cards">
        <Use project={project} card={card} />
        <Origin project={project} card={card} />
      </div>
      <Classes project={project} card={card} />
      <Evaluations project={project} card={card} />
      <Example card={card} />
      {card.text && (
        <details className="tg-section">
          <summary>model.md</summary>
          <Suspense>
            <Markdown>{card.text}</Markdown>
          </Suspense>
        </details>
      )}
    </div>
  );
}

function Figures({ card }: { card: ModelDetail }) {
  const { t } = useTranslation("train");
  const metrics = card.metrics as Record<string, { value?: number | null; low?: number | null; high?: number | null }>;
  const blind = (card.learning?.baseline as { metrics?: Record<string, unknown> } | undefined)?.metrics;
  const ids = Object.keys(metrics);
  if (ids.length === 0) return <p className="tg-muted">{t("noFigures")}</p>;
  return (
    <>
      <div className="tg-figures">
        {ids.map((id) => {
          const one = metrics[id];
          return (
            <Figure
              key={id}
              label={metricName(id)}
              value={one?.value == null ? "–" : formatNumber(one.value, 3)}
              note={
                <>
                  {one?.low != null && one.high != null && (
                    <div>{t("interval", { low: formatNumber(one.low, 3), high: formatNumber(one.high, 3) })}</div>
                  )}
                  {blind?.[id] !== undefined && (
                    <div>
                      {t("baseline")} {figure(blind, id)}
                    </div>
                  )}
                </>
              }
            />
          );
        })}
      </div>
      <p className="tg-muted">{t("figuresOn", { kept: formatNumber(Number(card.learning?.split.kept ?? 0)) })}</p>
    </>
  );
}

/** Name and value, one a line. */
function Facts({ title, rows }: { title: string; rows: [string, React.ReactNode][] }) {
  return (
    <section className="tg-card">
      <h2>{title}</h2>
      <dl className="tg-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Use({ project, card }: { project: string; card: ModelDetail }) {
  const { t } = useTranslation("train");
  const label = useLabelNames(project);
  const size = (card.preprocessing as Numbers).size;
  const onnx = card.learning?.onnx as Numbers | undefined;
  const rows: [string, React.ReactNode][] = [
    [t("task"), t(`uses.${card.task}` as "uses.detection", { defaultValue: card.task })],
    [t("labels", { count: card.classes.length }), card.classes.map((one) => `${label(one)} (${one})`).join(t("comma"))],
    [t("threshold"), `${formatNumber(card.threshold, 4)} · ${thresholdSource(card.threshold_from, t)}`],
    [
      t("preprocessing"),
      size ? t("preprocessingIs", { size, border: String(card.preprocessing.border) }) : t("archiveBroken"),
    ],
  ];
  if (card.nms_overlap !== null) rows.push([t("param.nms_overlap"), formatNumber(card.nms_overlap, 2)]);
  if (onnx?.score !== undefined) {
    rows.push([
      t("onnx"),
      t("onnxIs", {
        score: onnx.score.toExponential(1),
        pixels: onnx.pixels === undefined ? "" : ` · ${onnx.pixels.toExponential(1)} px`,
        items: onnx.items ?? 0,
      }),
    ]);
  }
  rows.push([t("file"), `${formatBytes(card.size)} · ${card.files.map((one) => one.name).join(", ")}`]);
  rows.push(["SHA-256", <CopyHash key="sha" hash={card.sha256} />]);
  return <Facts title={t("using")} rows={rows} />;
}

/** Linux x86_64 · Python 3.11 · 2 cores */
function machine(environment: Record<string, unknown>, cores: string): string {
  const { system, machine: kind, python } = environment as Record<string, string | undefined>;
  return `${system ?? ""} ${kind ?? ""} · Python ${python ?? "–"} · ${cores}`;
}

function Origin({ project, card }: { project: string; card: ModelDetail }) {
  const { t } = useTranslation("train");
  const nameOf = useParamName();
  const { learning, data } = card;
  const rows: [string, React.ReactNode][] = [[t("begun"), formatDateTime(card.created_at)]];
  if (data) {
    const counts = data.counts as Numbers;
    rows.push([
      t("data"),
      <>
        <Link to={`/projects/${project}/datasets/${data.number}`}>v{data.number}</Link>{" "}
        {t("dataIs", { items: formatNumber(counts.items ?? 0), labels: formatNumber(counts.labels ?? 0) })}
      </>,
    ]);
    if (data.manifest_hash) rows.push([t("manifest"), <CopyHash key="manifest" hash={data.manifest_hash} />]);
  } else rows.push([t("data"), t("notSaid")]);
  if (learning) {
    const split = learning.split as Numbers;
    rows.push([t("sides"), t("split", { train: split.train ?? 0, kept: split.kept ?? 0, left: split.left_out ?? 0 })]);
    rows.push([t("run"), `#${card.run}`], [t("seed"), String(learning.seed)], [t("code"), learning.code || "–"]);
    if (learning.steps !== null) {
      rows.push([t("steps"), `${formatNumber(learning.steps)} · ${formatDuration(learning.seconds ?? 0)}`]);
    }
    rows.push([
      t("machine"),
      machine(learning.environment, t("cores", { count: Number(learning.environment.cores ?? 0) })),
    ]);
    const params = Object.entries(learning.params).filter(([, value]) => value !== null);
    rows.push([
      t("params"),
      <details key="params">
        <summary>{formatNumber(params.length)}</summary>
        {params.map(([name, value]) => `${nameOf(name)} ${valueText(value)}`).join("；")}
      </details>,
    ]);
  } else {
    const origin = card.origin as Record<string, string | undefined>;
    rows.push([t("run"), t("elsewhere")], [t("engine"), origin.engine ?? "–"], [t("note"), origin.note || "–"]);
  }
  return <Facts title={t("origin")} rows={rows} />;
}

function Classes({ project, card }: { project: string; card: ModelDetail }) {
  const { t } = useTranslation("train");
  const label = useLabelNames(project);
  const classes = (card.learning?.classes ?? {}) as Record<string, Record<string, unknown>>;
  const ids = Object.keys(classes);
  const names = Object.keys(classes[ids[0] ?? ""] ?? {});
  if (names.length === 0) return null;
  const counts = ((card.data?.counts ?? {}) as { by_class?: Numbers }).by_class ?? {};
  return (
    <section className="tg-section">
      <h2>{t("byClass")}</h2>
      <Table<string>
        size="small"
        rowKey={(name) => name}
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={names}
        columns={[
          { title: t("class"), key: "class", render: (_, name) => label(name) },
          {
            title: t("labelsInData"),
            key: "labels",
            align: "right",
            render: (_, name) => (counts[name] === undefined ? "–" : formatNumber(counts[name])),
          },
          ...ids.map((id) => ({
            title: metricName(id),
            key: id,
            render: (_: unknown, name: string) => figure(classes[id] ?? {}, name),
          })),
        ]}
      />
    </section>
  );
}

function Evaluations({ project, card }: { project: string; card: ModelDetail }) {
  const { t } = useTranslation("train");
  const found = useEvaluations(project);
  const rows = found.data?.filter((one) => one.model_version_id === card.id && one.state === "done") ?? [];
  return (
    <section className="tg-section">
      <h2>{t("evaluations")}</h2>
      {rows.length === 0 && <p className="tg-muted">{t("noEvaluations")}</p>}
      <ul className="tg-list">
        {rows.map((one) => (
          <li key={one.id} className="tg-row">
            <Link to={`/projects/${project}/evaluations/${one.id}`}>#{one.number}</Link>
            <Tag color={one.passed ? "green" : "red"}>{t(one.passed ? "passed" : "notPassed")}</Tag>
            <span>
              b{one.benchmark} {one.benchmark_name}
            </span>
            {Object.keys(one.metrics).map((id) => (
              <span key={id}>
                {metricName(id)} {figure(one.metrics, id)}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Example({ card }: { card: ModelDetail }) {
  const { t } = useTranslation("train");
  if (!card.example) return null;
  return (
    <section className="tg-section">
      <h2>{t("example")}</h2>
      <p className="tg-muted">{t("exampleHint")}</p>
      <pre className="tg-code">{card.example}</pre>
    </section>
  );
}
