import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { CostThreshold, TakeButton, useCostReason } from "../evaluate/CostThreshold";
import { type ThresholdChoice, useEvaluations } from "../evaluate/queries";
import { useModels } from "../train/queries";
import { useDeployActions } from "./queries";

interface Values {
  model_id: string;
  name: string;
  reason?: string;
  threshold?: number | null;
}

/** One click from a model version to the line; `?model=` chooses it, as the button on the page of models does. */
export function NewDeployment({ project }: { project: string }) {
  const { t } = useTranslation("line");
  const models = useModels(project);
  const [params, setParams] = useSearchParams();
  const [open, setOpen] = useState(params.has("model"));
  if (!models.data) return null;
  if (models.data.length === 0) {
    return (
      <p>
        {t("noModel")} <Link to={`/projects/${project}/models`}>{t("toModels")}</Link>
      </p>
    );
  }
  if (!open) {
    return (
      <Button type="primary" style={{ marginBottom: 12 }} onClick={() => setOpen(true)}>
        {t("create")}
      </Button>
    );
  }
  const close = () => {
    setOpen(false);
    setParams({}, { replace: true });
  };
  return <PutLive project={project} params={params} onClose={close} />;
}

/** The newest finished evaluation of a model, by which its threshold can be priced. */
export function useNewestEvaluation(project: string, model: string | null | undefined) {
  const evaluations = useEvaluations(project);
  return evaluations.data?.find((one) => one.model_version_id === model && one.state === "done");
}

function PutLive(props: { project: string; params: URLSearchParams; onClose: () => void }) {
  const { project, params } = props;
  const { t } = useTranslation("line");
  const models = useModels(project);
  const { create } = useDeployActions(project);
  const reasonOf = useCostReason();
  const [form] = Form.useForm<Values>();
  const first = params.get("model") ?? models.data?.[0]?.id ?? "";
  const chosen = Form.useWatch("model_id", form) ?? first;
  const model = models.data?.find((one) => one.id === chosen);
  const evaluation = useNewestEvaluation(project, chosen);
  const [prices, setPrices] = useState({
    miss: number(params, "miss", 100),
    falseCall: number(params, "false_call", 5),
  });
  const [taken, setTaken] = useState<ThresholdChoice | null>(null);
  const carried = params.get("threshold");

  function go(values: Values) {
    const fits = taken && values.threshold === taken.proposed.threshold;
    const body = {
      model_id: values.model_id,
      name: values.name,
      reason: values.reason ?? "",
      threshold: values.threshold ?? null,
      threshold_reason: fits ? reasonOf(taken) : "",
      cost_miss_fen: Math.round(prices.miss * 100),
      cost_false_fen: Math.round(prices.falseCall * 100),
    };
    create.mutate(body as Parameters<typeof create.mutate>[0], { onSuccess: props.onClose });
  }

  return (
    <section className="tg-card" style={{ marginBottom: 12 }} aria-label={t("create")}>
      <Form<Values>
        form={form}
        layout="inline"
        style={{ rowGap: 8 }}
        initialValues={{ model_id: first, name: "", threshold: carried ? Number(carried) : null }}
        onValuesChange={(change: Partial<Values>) => {
          // Another model has another curve: a threshold that was chosen for this one says nothing about it.
          if (change.model_id) form.setFieldValue("threshold", null);
        }}
        onFinish={go}
      >
        <Form.Item name="model_id" label={t("live")}>
          <Select
            style={{ minWidth: 110 }}
            options={models.data?.map((one) => ({ value: one.id, label: `m${one.number}` })) ?? []}
          />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("nameNeeded") }]}>
          <Input maxLength={80} placeholder={t("nameExample")} />
        </Form.Item>
        <Form.Item name="reason" label={t("reasonField")} tooltip={t("reasonHint")}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item name="threshold" label={t("threshold")}>
          <InputNumber
            min={0}
            max={1}
            step={0.01}
            placeholder={model ? formatNumber(model.threshold, 2) : ""}
            style={{ width: 90 }}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t("putLive")}
        </Button>
        <Button type="link" onClick={props.onClose}>
          {t("cancel")}
        </Button>
      </Form>
      {create.error && <ErrorNote error={create.error} />}
      {evaluation ? (
        <div style={{ marginTop: 14 }}>
          <CostThreshold
            project={project}
            evaluation={evaluation.id}
            prices={prices}
            onPrices={setPrices}
            action={(choice) => (
              <TakeButton
                choice={choice}
                onTake={(one) => {
                  setTaken(one);
                  form.setFieldValue("threshold", one.proposed.threshold);
                }}
              />
            )}
          />
        </div>
      ) : (
        <p className="tg-muted">
          {t("noCurve")}{" "}
          <Link to={`/projects/${project}/evaluations?model=${model?.number ?? ""}`}>{t("toEvaluate")}</Link>
        </p>
      )}
    </section>
  );
}

function number(params: URLSearchParams, key: string, otherwise: number): number {
  const value = Number(params.get(key));
  return params.has(key) && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
