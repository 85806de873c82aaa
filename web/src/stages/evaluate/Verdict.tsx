import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, useRoles } from "../../api/me";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Detail, useEvaluateActions } from "./queries";
import { ReasonLine } from "./Reasons";

/** The verdict, every reason with its figures, and the one action that follows from it. */
export function Verdict({ project, found }: { project: string; found: Detail }) {
  const { t } = useTranslation("evaluate");
  const roles = useRoles(project);
  const { choose } = useEvaluateActions(project);
  const [deciding, setDeciding] = useState(false);
  const may = hasRole(roles, "manager", "trainer", "engineer");
  const state = found.is_champion ? "champion" : found.passed ? "passed" : "failed";
  return (
    <section className={`tg-verdict tg-verdict-${found.passed ? "passed" : "failed"}`}>
      <div className="tg-row tg-between">
        <div>
          <h2>
            {found.passed ? "✓ " : "✗ "}
            {t(`verdict.${state}`)}
          </h2>
          <div className="tg-muted">
            {found.champion
              ? t("against", { model: found.model, champion: found.champion })
              : t("againstNobody", { model: found.model })}
          </div>
        </div>
        {found.may_follow && may && (
          <Button
            type="primary"
            loading={choose.isPending}
            onClick={() => choose.mutate({ evaluation_id: found.id, reason: "" })}
          >
            {t("makeChampion", { model: found.model })}
          </Button>
        )}
        {!found.may_follow && !found.is_champion && hasRole(roles, "trainer") && (
          <Button onClick={() => setDeciding(true)}>{t("decide")}</Button>
        )}
      </div>
      {found.passed && !found.may_follow && !found.is_champion && <p className="tg-muted">{t("outdated")}</p>}
      <ul className="tg-reasons">
        {found.reasons.map((reason) => (
          <ReasonLine
            key={`${reason.code} ${reason.params.kind ?? ""} ${reason.params.slice ?? ""}`}
            project={project}
            reason={reason}
          />
        ))}
      </ul>
      {choose.error && !deciding && <ErrorNote error={choose.error} />}
      <Decision project={project} found={found} open={deciding} onClose={() => setDeciding(false)} />
    </section>
  );
}

/** A named person decides against the verdict, and says why. */
function Decision(props: { project: string; found: Detail; open: boolean; onClose: () => void }) {
  const { t } = useTranslation("evaluate");
  const { choose } = useEvaluateActions(props.project);
  const [reason, setReason] = useState("");
  return (
    <Modal
      open={props.open}
      title={t("decideTitle", { model: props.found.model })}
      okText={t("makeChampion", { model: props.found.model })}
      okButtonProps={{ disabled: !reason.trim(), loading: choose.isPending }}
      onCancel={props.onClose}
      onOk={() => choose.mutate({ evaluation_id: props.found.id, reason }, { onSuccess: props.onClose })}
    >
      <p>{t("decideHint")}</p>
      <Input.TextArea
        rows={3}
        maxLength={2000}
        value={reason}
        aria-label={t("reason")}
        placeholder={t("reasonExample")}
        onChange={(event) => setReason(event.target.value)}
      />
      {choose.error && <ErrorNote error={choose.error} />}
    </Modal>
  );
}
