import { Spin, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { formatNumber, formatPercent } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { figure, metricName } from "../train/names";
import { type Interval, type Slice, signedInterval } from "./figures";
import { useCompared } from "./queries";
import { SliceTable } from "./SliceTable";
import "./evaluate.css";

type Difference = Interval & { better: number | null };

/** Two models on the same pictures: paired differences, overall and by slice. */
export default function ComparePage() {
  const { t } = useTranslation("evaluate");
  const project = useProjectId();
  const { evaluation = "", other = "" } = useParams();
  const found = useCompared(project, evaluation, other);
  if (found.error) return <ErrorNote error={found.error} />;
  if (!found.data) {
    return (
      <div className="tg-page">
        <Spin /> {t("comparing")}
      </div>
    );
  }
  const { first, second, items } = found.data;
  const difference = found.data.difference as unknown as Record<string, Difference>;
  const slices = found.data.slices as unknown as Slice[];
  const names = Object.keys(difference);
  const one = `m${first.model} (#${first.number})`;
  const two = `m${second.model} (#${second.number})`;
  return (
    <div className="tg-page">
      <div className="tg-muted">
        <Link to={`/projects/${project}/evaluations`}>{t("title")}</Link>
      </div>
      <h1>
        {one} ↔ {two}
      </h1>
      <p className="tg-muted">{t("comparedOn", { items: formatNumber(items), benchmark: `b${first.benchmark}` })}</p>
      <Table<string>
        size="small"
        rowKey={(id) => id}
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={names}
        columns={[
          { title: t("metric"), key: "metric", render: (_, id) => metricName(id) },
          {
            title: <Link to={`/projects/${project}/evaluations/${first.id}`}>{one}</Link>,
            key: "first",
            render: (_, id) => figure(first.metrics, id),
          },
          {
            title: <Link to={`/projects/${project}/evaluations/${second.id}`}>{two}</Link>,
            key: "second",
            render: (_, id) => figure(second.metrics, id),
          },
          { title: t("difference"), key: "difference", render: (_, id) => signedInterval(difference[id]) },
          {
            title: t("shareBetter"),
            key: "better",
            render: (_, id) => (difference[id]?.better == null ? "–" : formatPercent(difference[id]?.better ?? 0)),
          },
        ]}
      />
      <section className="tg-section">
        <h2>{t("slices")}</h2>
        <SliceTable
          project={project}
          slices={slices}
          kinds={["class", "size", "brightness", "source"]}
          metrics={names.filter((id) => id !== "ece")}
        />
      </section>
    </div>
  );
}
