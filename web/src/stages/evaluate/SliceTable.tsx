import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber } from "../../i18n/format";
import { metricName } from "../train/names";
import { type Measured, type Point, type Slice, short, signedInterval, withInterval } from "./figures";
import { useSliceName } from "./words";

interface Props {
  project: string;
  slices: readonly Slice[];
  kinds: readonly Slice["kind"][];
  metrics: readonly string[];
  /** Address of the pictures, which the counts lead to. */
  base?: string;
  measured?: Measured;
}

/** Slices with their figures, differences to the other model, and what the operating threshold makes of each class. */
export function SliceTable({ project, slices, kinds, metrics, base, measured }: Props) {
  const { t } = useTranslation("evaluate");
  const name = useSliceName(project);
  const rows = slices.filter((slice) => kinds.includes(slice.kind));
  const compared = rows.some((slice) => slice.difference);
  const classes = measured?.operating.classes;
  const point = (slice: Slice): Point | undefined => (slice.kind === "class" ? classes?.[slice.value] : undefined);
  const guarded = rows.some((slice) => slice.margin !== null);
  return (
    <Table<Slice>
      size="small"
      rowKey={(slice) => `${slice.kind} ${slice.value}`}
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={rows}
      columns={[
        {
          title: kinds.length > 1 ? t("slice") : t(`kind.${kinds[0] ?? "class"}`),
          key: "name",
          render: (_, slice) => (
            <>
              {kinds.length > 1 && <span className="tg-muted">{t(`kind.${slice.kind}`)} · </span>}
              {name(slice.kind, slice.value)}
            </>
          ),
        },
        {
          title: t("pictures"),
          key: "items",
          align: "right",
          render: (_, slice) =>
            base ? (
              <Link to={`${base}?${new URLSearchParams({ kind: slice.kind, value: slice.value })}`}>
                {formatNumber(slice.items)}
              </Link>
            ) : (
              formatNumber(slice.items)
            ),
        },
        { title: t("labels"), key: "labels", align: "right", render: (_, slice) => formatNumber(slice.labels) },
        ...metrics.map((metric) => ({
          title: metricName(metric),
          key: metric,
          render: (_: unknown, slice: Slice) => withInterval(slice.metrics[metric]),
        })),
        ...(compared
          ? metrics.map((metric) => ({
              title: t("differenceIn", { metric: metricName(metric) }),
              key: `d ${metric}`,
              render: (_: unknown, slice: Slice) => <Difference one={slice.difference?.[metric]} />,
            }))
          : []),
        ...(guarded
          ? [
              {
                title: t("margin"),
                key: "margin",
                render: (_: unknown, slice: Slice) => (slice.margin === null ? "–" : short(slice.margin, 2)),
              },
            ]
          : []),
        ...(classes && kinds[0] === "class"
          ? (["precision", "recall", "f1"] as const).map((id) => ({
              title: t(id),
              key: id,
              render: (_: unknown, slice: Slice) => withInterval(point(slice)?.[id]),
            }))
          : []),
      ]}
    />
  );
}

/** Better or worse beyond chance is told by a sign, not by colour alone. */
function Difference({ one }: { one: Slice["metrics"][string] | undefined }) {
  const sign = one?.low && one.low > 0 ? "▲ " : one?.high && one.high < 0 ? "▼ " : "";
  const tone = sign === "▲ " ? "good" : sign === "▼ " ? "bad" : "said";
  return (
    <span className={`tg-reason-${tone}`}>
      {sign}
      {signedInterval(one)}
    </span>
  );
}
