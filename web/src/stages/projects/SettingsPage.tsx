import { Button, Form, InputNumber, Select, Spin, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { hasRole, useRoles } from "../../api/me";
import { ErrorNote } from "../../ui/ErrorNote";
import { EvaluationSettings } from "./EvaluationSettings";
import { GateHistory } from "./GateHistory";
import { type Settings, useProject, useProjectActions, useProjectId } from "./queries";
import "./projects.css";

const CHECKS = [
  "unreadable",
  "truncated",
  "wrong_type",
  "duplicate",
  "near_duplicate",
  "blank",
  "dark",
  "blurred",
  "size_outlier",
  "label_outside",
  "zero_area",
  "leaking_column",
  "split_group",
];
const NUMBERS = {
  academy: ["practice_count", "exam_count", "pass_mark", "max_attempts", "wait_minutes", "iou"],
  labelling: ["overlap", "skip_limit"],
  quality: ["accept_threshold", "gate_share", "gold_iou", "stop_below"],
  pay: ["appeal_days", "answer_days"],
  split: ["kept", "line"],
} as const;
const WHOLE = new Set([
  "practice_count",
  "exam_count",
  "max_attempts",
  "wait_minutes",
  "overlap",
  "skip_limit",
  "appeal_days",
  "answer_days",
]);
const BY_LEVEL = ["review_share", "gold_share"] as const;

/** The rules that the project sets for its gates. */
export default function SettingsPage() {
  const { t } = useTranslation("projects");
  const { t: common } = useTranslation();
  const { t: shell } = useTranslation("shell");
  const id = useProjectId();
  const roles = useRoles(id);
  const project = useProject(id);
  const { changeSettings, setState } = useProjectActions(id);
  if (!project.data) return project.error ? <ErrorNote error={project.error} /> : <Spin style={{ margin: 40 }} />;
  const { settings, state } = project.data;

  return (
    <div className="tg-page" style={{ maxWidth: 980 }}>
      <div className="tg-row tg-between">
        <h1>{t("settings.title")}</h1>
        {hasRole(roles, "manager") && (
          <Button onClick={() => setState.mutate(state === "active" ? "pause" : "resume")}>
            {t(state === "active" ? "settings.pause" : "settings.resume")}
          </Button>
        )}
      </div>
      <p className="tg-muted">{t("settings.pauseHint")}</p>
      <Form<Settings>
        key={JSON.stringify(settings)}
        layout="vertical"
        initialValues={settings}
        onFinish={(values) => changeSettings.mutate(merge(settings, values))}
      >
        <section className="tg-card">
          <h2>{t("settings.data_gate")}</h2>
          <Form.Item name={["data_gate", "block"]} label={t("settings.block")}>
            <Select
              mode="multiple"
              options={CHECKS.map((check) => ({ value: check, label: t(`check.${check}` as "check.dark") }))}
            />
          </Form.Item>
          <div className="tg-row">
            {(["require_licence", "require_consent"] as const).map((name) => (
              <Form.Item key={name} name={["data_gate", name]} label={t(`settings.${name}`)} valuePropName="checked">
                <Switch />
              </Form.Item>
            ))}
          </div>
        </section>
        {(Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]).map((part) => (
          <section key={part} className="tg-card" style={{ marginTop: 12 }}>
            <h2>{t(`settings.${part}`)}</h2>
            {part === "split" && <p className="tg-muted">{t("settings.splitFixed")}</p>}
            <div className="tg-fields">
              {NUMBERS[part].map((name) => (
                <Form.Item key={name} name={[part, name]} label={t(`settings.${name}` as "settings.iou")}>
                  <InputNumber min={0} step={WHOLE.has(name) ? 1 : 0.01} {...(WHOLE.has(name) ? {} : { max: 1 })} />
                </Form.Item>
              ))}
            </div>
            {part === "quality" &&
              BY_LEVEL.map((name) => (
                <div key={name}>
                  <div className="tg-muted">{t(`settings.${name}`)}</div>
                  <div className="tg-fields">
                    {["1", "2", "3", "4", "5"].map((level) => (
                      <Form.Item
                        key={level}
                        name={["quality", name, level]}
                        label={shell(`level.${level}` as "level.1")}
                      >
                        <InputNumber min={0} max={1} step={0.01} />
                      </Form.Item>
                    ))}
                  </div>
                </div>
              ))}
          </section>
        ))}
        <EvaluationSettings />
        <div className="tg-row" style={{ margin: "14px 0" }}>
          <Button type="primary" htmlType="submit" loading={changeSettings.isPending}>
            {common("save")}
          </Button>
          {changeSettings.isSuccess && <span className="tg-muted">{t("settings.saved")}</span>}
        </div>
        {changeSettings.error && <ErrorNote error={changeSettings.error} />}
      </Form>
      <GateHistory project={id} />
    </div>
  );
}

/** The form's values over what it does not show (the ladder of levels). */
function merge(before: Settings, values: Settings): Settings {
  return {
    ...before,
    data_gate: { ...before.data_gate, ...values.data_gate },
    academy: { ...before.academy, ...values.academy },
    labelling: { ...before.labelling, ...values.labelling },
    quality: { ...before.quality, ...values.quality },
    split: { ...before.split, ...values.split },
    evaluation: { ...before.evaluation, ...values.evaluation },
  } as Settings;
}
