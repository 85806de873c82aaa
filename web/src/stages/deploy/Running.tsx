import { Button, Checkbox, Input, Popover, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatFen } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useModels } from "../train/queries";
import { useNewestEvaluation } from "./NewDeployment";
import { type Act, type Deployment, useDeployActions } from "./queries";

/** Live, shadow, roll back, pause, retire: each says what it changes and asks for the reason that is recorded. */
export function Running({ project, row }: { project: string; row: Deployment }) {
  const { t } = useTranslation("line");
  const actions = useDeployActions(project);
  const error = actions.place.error ?? actions.act.error;
  const running = row.state === "running";
  if (row.state === "retired") return null;
  const acts: Act[] = ["live", "shadow", "rollback", running ? "pause" : "resume", "retire"];
  return (
    <>
      <div className="tg-row" style={{ margin: "10px 0" }}>
        {acts.map((act) => (
          <One key={act} act={act} project={project} row={row} actions={actions} />
        ))}
      </div>
      {error && <ErrorNote error={error} />}
      <p className="tg-muted">{t("actHint")}</p>
    </>
  );
}

interface OneProps {
  act: Act;
  project: string;
  row: Deployment;
  actions: ReturnType<typeof useDeployActions>;
}

function One({ act, project, row, actions }: OneProps) {
  const { t } = useTranslation("line");
  const models = useModels(project);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [model, setModel] = useState<string | null>(null);
  const [byCost, setByCost] = useState(true);
  const evaluation = useNewestEvaluation(project, act === "live" ? model : null);
  const placing = act === "live" || act === "shadow";
  const done = { onSuccess: () => setOpen(false) };
  function go() {
    if (act === "live" || act === "shadow") {
      actions.place.mutate(
        {
          id: row.id,
          act,
          body: { model_id: model, reason, by_cost: act === "live" && byCost && evaluation !== undefined },
        },
        done,
      );
    } else {
      actions.act.mutate({ id: row.id, act, reason }, done);
    }
  }
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      content={
        <div style={{ maxWidth: 320, display: "grid", gap: 8 }}>
          <div>{t(`act.${act}Facts`, { live: row.live_model ?? "–", shadow: row.shadow_model ?? "–" })}</div>
          {placing && (
            <Select
              allowClear={act === "shadow"}
              placeholder={t("model")}
              aria-label={t("model")}
              value={model}
              onChange={(value) => setModel(value ?? null)}
              options={(models.data ?? []).map((one) => ({ value: one.id, label: `m${one.number}` }))}
            />
          )}
          {evaluation && (
            <Checkbox checked={byCost} onChange={(event) => setByCost(event.target.checked)}>
              {t("act.byCost", {
                miss: formatFen(row.cost_miss_fen),
                falseCall: formatFen(row.cost_false_fen),
                number: evaluation.number,
              })}
            </Checkbox>
          )}
          <Input
            placeholder={t("reasonField")}
            aria-label={t("reasonField")}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button type="primary" disabled={act === "live" && !model} onClick={go}>
            {t(`act.${act}`)}
          </Button>
        </div>
      }
    >
      <Button size="small">{t(`act.${act}`)}</Button>
    </Popover>
  );
}
