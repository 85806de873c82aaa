import { Button, Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useModels } from "../train/queries";
import { type Benchmark, useEvaluateActions } from "./queries";

/** One button: a model on a benchmark, beside the champion. `?model=3` chooses the model. */
export function StartForm({ project, benchmarks }: { project: string; benchmarks: readonly Benchmark[] }) {
  const { t } = useTranslation("evaluate");
  const models = useModels(project);
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const { start } = useEvaluateActions(project);
  const newest = models.data?.[0];
  if (!models.data) return null;
  if (!newest) {
    return (
      <p>
        {t("noModel")} <Link to={`/projects/${project}/models`}>{t("train")}</Link>
      </p>
    );
  }
  return (
    <Form<{ model: number; benchmark: number }>
      layout="inline"
      style={{ rowGap: 8, marginBottom: 12 }}
      initialValues={{ model: Number(search.get("model")) || newest.number, benchmark: benchmarks[0]?.number }}
      onFinish={(values) =>
        start.mutate(values, { onSuccess: (made) => navigate(`/projects/${project}/evaluations/${made.id}`) })
      }
    >
      <Form.Item name="model" label={t("model")}>
        <Select
          style={{ minWidth: 120 }}
          options={models.data.map((model) => ({
            value: model.number,
            label: model.dataset_version === null ? `m${model.number}` : `m${model.number} · v${model.dataset_version}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="benchmark" label={t("benchmark")}>
        <Select
          style={{ minWidth: 200 }}
          options={benchmarks.map((one) => ({
            value: one.number,
            label: `b${one.number} ${one.name} · n ${formatNumber(Number(one.counts.items ?? 0))}`,
          }))}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={start.isPending}>
        {t("start")}
      </Button>
      {start.error && <ErrorNote error={start.error} />}
    </Form>
  );
}
