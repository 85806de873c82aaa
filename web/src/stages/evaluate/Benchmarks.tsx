import { Button, Form, Input, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useFrozenVersions } from "../train/queries";
import { short } from "./figures";
import { type Benchmark, useBenchmarks, useEvaluateActions } from "./queries";
import { useSliceName } from "./words";

/** What models are judged on: frozen kept sides, with the slices that are guarded. */
export function Benchmarks({ project }: { project: string }) {
  const { t } = useTranslation("evaluate");
  const roles = useRoles(project);
  const name = useSliceName(project);
  const found = useBenchmarks(project);
  const makes = hasRole(roles, "manager", "trainer", "engineer");
  if (found.error) return <ErrorNote error={found.error} />;
  if (!found.data) return null;
  return (
    <section style={{ marginTop: 20 }}>
      <h2>{t("benchmarks")}</h2>
      {found.data.length === 0 && <EmptyState title={t("noBenchmark")} hint={t("noBenchmarkHint")} />}
      {makes && <Freeze project={project} />}
      {found.data.length > 0 && (
        <Table<Benchmark>
          size="small"
          rowKey="id"
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={found.data}
          columns={[
            { title: t("benchmark"), key: "name", render: (_, one) => `b${one.number} ${one.name}` },
            {
              title: t("data"),
              key: "data",
              render: (_, one) => (
                <Link to={`/projects/${project}/datasets/${one.dataset_version}`}>v{one.dataset_version}</Link>
              ),
            },
            {
              title: t("pictures"),
              key: "items",
              align: "right",
              render: (_, one) =>
                one.erased
                  ? t("withErased", { items: formatNumber(Number(one.counts.items ?? 0)), erased: one.erased })
                  : formatNumber(Number(one.counts.items ?? 0)),
            },
            {
              title: t("labels"),
              key: "labels",
              align: "right",
              render: (_, one) => formatNumber(Number(one.counts.labels ?? 0)),
            },
            {
              title: t("groups"),
              key: "groups",
              align: "right",
              render: (_, one) => formatNumber(Number(one.counts.groups ?? 0)),
            },
            {
              title: t("guards"),
              key: "guards",
              render: (_, one) =>
                one.guards
                  .map((guard) =>
                    t("guard", {
                      slice: guard.value ? name(guard.kind, guard.value) : t(`each.${guard.kind}`),
                      margin: short(guard.margin, 2),
                    }),
                  )
                  .join(" · "),
            },
            { title: t("frozenAt"), dataIndex: "created_at", render: formatDateTime },
          ]}
        />
      )}
    </section>
  );
}

function Freeze({ project }: { project: string }) {
  const { t } = useTranslation("evaluate");
  const versions = useFrozenVersions(project);
  const { freeze } = useEvaluateActions(project);
  const [form] = Form.useForm<{ dataset_version: number; name: string }>();
  const newest = versions.data?.[0];
  if (!versions.data) return null;
  if (!newest) {
    return (
      <p>
        {t("noVersion")} <Link to={`/projects/${project}/datasets`}>{t("freezeVersion")}</Link>
      </p>
    );
  }
  return (
    <Form
      form={form}
      layout="inline"
      style={{ rowGap: 8, marginBottom: 12 }}
      initialValues={{ dataset_version: newest.number, name: "" }}
      onFinish={(values) => freeze.mutate(values, { onSuccess: () => form.resetFields(["name"]) })}
    >
      <Form.Item name="dataset_version" label={t("data")}>
        <Select
          style={{ minWidth: 150 }}
          options={versions.data.map((version) => {
            const kept = (version.counts.by_side as Record<string, number> | undefined)?.kept ?? 0;
            return { value: version.number, label: t("keptOf", { version: version.number, kept: formatNumber(kept) }) };
          })}
        />
      </Form.Item>
      <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("nameNeeded") }]}>
        <Input maxLength={120} placeholder={t("nameExample")} />
      </Form.Item>
      <Button htmlType="submit" loading={freeze.isPending}>
        {t("freezeBenchmark")}
      </Button>
      {freeze.error && <ErrorNote error={freeze.error} />}
    </Form>
  );
}
