import { Button, Checkbox, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { SAFE_COLORS, USUAL, VerdictSign } from "./console/VerdictSign";
import { type Deployment, useDeployActions } from "./queries";

type Console = Deployment["console"];
const REASONS = ["missed", "false_call", "wrong_label", "wrong_place", "bad_picture", "other"] as const;
const BUTTONS = ["wrong", "right", "picture"] as const;

function Swatches({
  value,
  onChange,
  usual,
}: {
  value?: string | null;
  onChange?: (v: string) => void;
  usual: string;
}) {
  return (
    <div className="tg-row">
      {SAFE_COLORS.map((color) => (
        <button
          key={color}
          type="button"
          className="tg-swatch"
          aria-label={color}
          aria-pressed={(value ?? usual) === color}
          style={{ background: color }}
          onClick={() => onChange?.(color)}
        />
      ))}
    </div>
  );
}

/** What the operator sees and hears, and what is kept and sampled: designed once for each place on the line. */
export function ConsoleDesign({ project, row }: { project: string; row: Deployment }) {
  const { t } = useTranslation("line");
  const { change } = useDeployActions(project);
  type Values = { console: Console } & Pick<
    Deployment,
    "sample_share" | "retention_days" | "quota_mb" | "stale_days"
  > & { monitors: Deployment["monitors"] };
  return (
    <Form<Values>
      layout="vertical"
      style={{ maxWidth: 900 }}
      initialValues={row}
      onFinish={(values) =>
        change.mutate({
          id: row.id,
          body: {
            ...values,
            console: { ...row.console, ...values.console },
            monitors: { ...row.monitors, ...values.monitors },
          },
        })
      }
    >
      <Form.Item name={["console", "title"]} label={t("design.title")}>
        <Input maxLength={80} placeholder={row.name} />
      </Form.Item>
      <div className="tg-cards">
        {(["ok", "defect", "check"] as const).map((verdict) => (
          <section className="tg-card" key={verdict}>
            <div className="tg-row">
              <span style={{ background: USUAL[verdict], borderRadius: 8, padding: 4, display: "flex" }}>
                <VerdictSign verdict={verdict} size={32} />
              </span>
              <strong>{t(`verdict.${verdict}`)}</strong>
            </div>
            <Form.Item name={["console", verdict, "text"]} label={t("design.text")}>
              <Input maxLength={24} placeholder={t(`verdict.${verdict}`)} />
            </Form.Item>
            <Form.Item name={["console", verdict, "what_to_do"]} label={t("design.whatToDo")}>
              <Input maxLength={200} placeholder={t(`design.example.${verdict}`)} />
            </Form.Item>
            <Form.Item name={["console", verdict, "color"]} label={t("design.color")}>
              <Swatches usual={USUAL[verdict]} />
            </Form.Item>
            <Form.Item name={["console", verdict, "sound"]} label={t("design.sound")} valuePropName="checked">
              <Switch />
            </Form.Item>
          </section>
        ))}
      </div>
      <div className="tg-fields" style={{ marginTop: 14 }}>
        <Form.Item name={["console", "buttons"]} label={t("design.buttons")}>
          <Checkbox.Group options={BUTTONS.map((one) => ({ value: one, label: t(`design.button.${one}`) }))} />
        </Form.Item>
        <Form.Item name={["console", "reasons"]} label={t("design.reasons")}>
          <Select mode="multiple" options={REASONS.map((one) => ({ value: one, label: t(`reason.${one}`) }))} />
        </Form.Item>
        <Form.Item name={["console", "confirm_from"]} label={t("design.confirm")} tooltip={t("design.confirmHint")}>
          <InputNumber min={0} max={1} step={0.05} />
        </Form.Item>
        <Form.Item name={["console", "quiet_seconds"]} label={t("design.quiet")} tooltip={t("design.quietHint")}>
          <InputNumber min={0} max={86400} />
        </Form.Item>
        <Form.Item name={["console", "show_boxes"]} label={t("design.boxes")} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <h2>{t("keep.title")}</h2>
      <div className="tg-fields">
        <Form.Item name="sample_share" label={t("keep.sample")} tooltip={t("keep.sampleHint")}>
          <InputNumber min={0} max={1} step={0.01} />
        </Form.Item>
        <Form.Item name="retention_days" label={t("keep.days")} tooltip={t("keep.daysHint")}>
          <InputNumber min={0} max={3650} />
        </Form.Item>
        <Form.Item name="quota_mb" label={t("keep.quota")}>
          <InputNumber min={0} />
        </Form.Item>
        <Form.Item name="stale_days" label={t("keep.stale")}>
          <InputNumber min={0} max={3650} />
        </Form.Item>
        {(["shift_start", "shift_end"] as const).map((key) => (
          <Form.Item key={key} name={["monitors", key]} label={t(`monitor.${key}`)}>
            <Input maxLength={5} />
          </Form.Item>
        ))}
        {(
          [
            "missing_minutes",
            "latency_p95_ms",
            "disagreement",
            "shadow_disagreement",
            "drift_window",
            "drift_psi",
          ] as const
        ).map((key) => (
          <Form.Item key={key} name={["monitors", key]} label={t(`monitor.${key}`)}>
            <InputNumber min={0} step={key === "drift_psi" || key.endsWith("disagreement") ? 0.01 : 1} />
          </Form.Item>
        ))}
      </div>
      {change.error && <ErrorNote error={change.error} />}
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t("save")}
      </Button>
      {change.isSuccess && <span className="tg-muted"> {t("saved")}</span>}
    </Form>
  );
}
