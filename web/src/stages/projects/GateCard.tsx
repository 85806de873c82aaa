import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, type Role } from "../../api/me";
import { formatNumber, formatPercent } from "../../i18n/format";
import type { Gate } from "./queries";

/** Where a person goes next from a gate: the first place that the role may use. */
function nextOf(gate: Gate, roles: ReadonlySet<Role>): { path: string; label: string } {
  const lead = hasRole(roles, "manager", "trainer");
  const items = Number(gate.figure.value ?? 0);
  switch (gate.gate) {
    case 1:
      if (!lead) return { path: "", label: "wait" };
      return items === 0
        ? { path: "/data?import=1", label: "import" }
        : { path: "/data?view=problems", label: "problems" };
    case 2:
      if (hasRole(roles, "annotator") && !lead) return { path: "/learn", label: "learn" };
      return { path: "/members", label: "people" };
    case 3:
      if (hasRole(roles, "inspector") && !lead) return { path: "/review", label: "review" };
      if (hasRole(roles, "annotator") && !lead) return { path: "/label", label: "label" };
      return { path: "/quality", label: "quality" };
    case 4:
      if (gate.state === "closed" || !hasRole(roles, "manager", "trainer", "engineer", "client")) break;
      return { path: "/evaluations", label: "evaluations" };
    case 5:
      return { path: "/line", label: "line" };
  }
  return { path: "/models", label: "models" };
}

/** The metric that gates four and five go by, as people write it. */
function metricOf(gate: Gate): string {
  const names: Record<string, string> = { map50_95: "mAP50-95", macro_f1: "F1", accuracy: "accuracy", qwk: "QWK" };
  return names[String(gate.figure.metric)] ?? "mAP50";
}

function share(value: unknown): string {
  return typeof value === "number" ? formatPercent(value) : "–";
}

function Figure({ gate }: { gate: Gate }) {
  const { t } = useTranslation("projects");
  const { value, total, low, high, live, running } = gate.figure as Record<string, number | undefined>;
  if (gate.gate === 5 && running !== undefined) {
    return (
      <span className="tg-gate-figure">
        {formatNumber(live ?? 0)} / {formatNumber(running)} <small>{t("unit.line")}</small>
      </span>
    );
  }
  if (value === undefined || value === null) return <span className="tg-muted">{t("notYet")}</span>;
  if (gate.gate === 3) {
    return (
      <span className="tg-gate-figure">
        {share(value)}{" "}
        <small>
          {t("unit.accepted")} {low !== undefined && high !== undefined ? `${share(low)}–${share(high)}` : ""}
        </small>
      </span>
    );
  }
  const unit = gate.gate === 1 ? t("unit.items") : gate.gate === 2 ? t("unit.people") : metricOf(gate);
  const number = gate.gate >= 4 ? formatNumber(value, 3) : formatNumber(value);
  return (
    <span className="tg-gate-figure">
      {number}
      {gate.gate === 2 && total !== undefined ? ` / ${formatNumber(total)}` : ""} <small>{unit}</small>
    </span>
  );
}

function progress(gate: Gate): number {
  const { value, total } = gate.figure as Record<string, number | undefined>;
  if (gate.state === "open") return 1;
  if (value === undefined || value === null) return 0;
  if (gate.gate >= 3) return Math.min(1, value);
  return total ? Math.min(1, value / total) : 0;
}

/** One gate: its state, the figure that matters, what is missing, the one next action for this person. */
export function GateCard({ gate, project, roles }: { gate: Gate; project: string; roles: ReadonlySet<Role> }) {
  const { t } = useTranslation("projects");
  const next = nextOf(gate, roles);
  const later = gate.gate >= 4 && gate.figure.value === undefined && gate.figure.running === undefined;
  return (
    <section className="tg-gate" data-gate={gate.gate} data-state={gate.state}>
      <div className="tg-row tg-between" style={{ margin: 0 }}>
        <span className="tg-muted">{t(`nth.${gate.gate}` as "nth.1")}</span>
        <span className={`tg-pill tg-pill-${gate.state}`}>{t(`state.${gate.state}`)}</span>
      </div>
      <h2>{t(`gate.${gate.gate}` as "gate.1")}</h2>
      <div>
        <Figure gate={gate} />
      </div>
      <div className={`tg-bar tg-bar-${gate.state}`} aria-hidden="true">
        <span style={{ width: `${progress(gate) * 100}%` }} />
      </div>
      <div className="tg-gate-missing">
        {later
          ? t("laterGate")
          : gate.missing.map((fact) => (
              <div key={fact.code + JSON.stringify(fact.params)}>
                {t(`missing.${fact.code}` as "notYet", { ...fact.params, defaultValue: fact.code })}
              </div>
            ))}
      </div>
      {!later && <Link to={`/projects/${project}${next.path}`}>{t(`next.${next.label}` as "next.wait")}</Link>}
    </section>
  );
}
