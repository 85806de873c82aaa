import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type DataReport, useDataActions } from "./queries";

const HELD = new Set(["data.no_items"]);

/** Gate 1 in a line: open or not, what is missing, and opening it regardless under one's name. */
export function GateBar({ project, report, lead }: { project: string; report: DataReport; lead: boolean }) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const { openGate } = useDataActions(project);
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const { state, missing } = report.gate;
  const mayOpen = lead && state !== "open" && missing.length > 0 && !missing.some((fact) => HELD.has(fact.code));
  return (
    <section className="tg-card tg-gatebar">
      <div className="tg-row">
        <strong>{tp("gate.1")}</strong>
        <span className={`tg-pill tg-pill-${state}`} style={{ alignSelf: "center" }}>
          {tp(`state.${state}`)}
        </span>
        <span>{t("usable", { count: report.items.ok ?? 0, number: formatNumber(report.items.ok ?? 0) })}</span>
        {missing.map((fact) => (
          <Link
            key={fact.code + JSON.stringify(fact.params)}
            className="tg-fact"
            to={
              fact.code === "data.problem"
                ? `?view=problems&check=${String(fact.params.check)}`
                : fact.code === "data.unread"
                  ? "?state=unread"
                  : "?"
            }
          >
            {tp(`missing.${fact.code}` as "notYet", { ...fact.params, defaultValue: fact.code })}
          </Link>
        ))}
        {mayOpen && !asking && (
          <Button size="small" onClick={() => setAsking(true)}>
            {t("gate.open")}
          </Button>
        )}
      </div>
      {asking && mayOpen && (
        <form
          className="tg-row"
          style={{ marginTop: 10 }}
          onSubmit={(event) => {
            event.preventDefault();
            openGate.mutate(reason, { onSuccess: () => setAsking(false) });
          }}
        >
          <span>{t("gate.facts")}</span>
          <Input
            value={reason}
            maxLength={500}
            style={{ maxWidth: 420 }}
            placeholder={t("gate.reason")}
            aria-label={t("gate.reason")}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button htmlType="submit" type="primary" disabled={reason.trim().length < 3} loading={openGate.isPending}>
            {t("gate.confirm")}
          </Button>
          <Button onClick={() => setAsking(false)}>{t("cancel")}</Button>
        </form>
      )}
      {openGate.error && <ErrorNote error={openGate.error} />}
    </section>
  );
}
