import { Button, Form, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";

const KINDS = ["class", "size", "brightness", "source"] as const;
const METRICS = [
  { value: "map50", label: "mAP50" },
  { value: "map50_95", label: "mAP50-95" },
];

/** When a model may become champion, and what its mistakes cost. */
export function EvaluationSettings() {
  const { t } = useTranslation("projects");
  return (
    <section className="tg-card" style={{ marginTop: 12 }}>
      <h2>{t("settings.evaluation")}</h2>
      <div className="tg-fields">
        <Form.Item name={["evaluation", "metric"]} label={t("settings.metric")}>
          <Select options={METRICS} />
        </Form.Item>
        <Form.Item name={["evaluation", "least"]} label={t("settings.least")}>
          <InputNumber min={0} max={1} step={0.01} />
        </Form.Item>
        <Form.Item name={["evaluation", "least_labels"]} label={t("settings.least_labels")}>
          <InputNumber min={1} step={1} />
        </Form.Item>
        <Form.Item name={["evaluation", "miss_fen"]} label={t("settings.miss_fen")}>
          <InputNumber min={0} step={1} />
        </Form.Item>
        <Form.Item name={["evaluation", "false_fen"]} label={t("settings.false_fen")}>
          <InputNumber min={0} step={1} />
        </Form.Item>
      </div>
      <div>{t("settings.guards")}</div>
      <p className="tg-muted">{t("settings.guardsHint")}</p>
      <Form.List name={["evaluation", "guards"]}>
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className="tg-row">
                <Form.Item name={[field.name, "kind"]} noStyle>
                  <Select
                    style={{ minWidth: 150 }}
                    options={KINDS.map((kind) => ({ value: kind, label: t(`settings.guardKind.${kind}`) }))}
                  />
                </Form.Item>
                <Form.Item name={[field.name, "margin"]} noStyle>
                  <InputNumber min={0} max={1} step={0.01} />
                </Form.Item>
                <Button type="link" onClick={() => remove(field.name)}>
                  {t("settings.guardRemove")}
                </Button>
              </div>
            ))}
            <Button size="small" onClick={() => add({ kind: "class", value: null, margin: 0.05 })}>
              {t("settings.guardAdd")}
            </Button>
          </>
        )}
      </Form.List>
    </section>
  );
}
