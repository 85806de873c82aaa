import { Button, Checkbox, Input, Segmented, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { formatNumber } from "../../i18n/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { detailText } from "./detail";
import { type FoundProblem, useDataActions, useProblems } from "./queries";

const STATES = ["open", "waived", "refused"] as const;

/** What the checks found: take the items out of use, or decide with a reason that it does not matter. */
export function ProblemsView({ project, lead }: { project: string; lead: boolean }) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const [search, setSearch] = useSearchParams();
  const state = STATES.find((one) => one === search.get("pstate")) ?? "open";
  const check = search.get("check") ?? "";
  const problems = useProblems(project, check ? { state, check } : { state });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const actions = useDataActions(project);
  const rows = problems.data?.pages.flatMap((page) => page.items) ?? [];
  const counts = problems.data?.pages[0]?.counts ?? {};
  const name = (one: string) => tp(`check.${one}` as "check.dark", { defaultValue: one });
  const go = (next: { check?: string; pstate?: string }) => {
    setChosen(new Set());
    setSearch({ view: "problems", pstate: state, check, ...next });
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const after = { onSuccess: () => setChosen(new Set()) };
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return (
    <>
      <div className="tg-row" style={{ marginBottom: 10 }}>
        <Segmented
          value={state}
          onChange={(pstate) => go({ pstate })}
          options={STATES.map((one) => ({ value: one, label: t(`problemState.${one}`) }))}
        />
        <Button
          size="small"
          type={check === "" ? "primary" : "default"}
          ghost={check === ""}
          onClick={() => go({ check: "" })}
        >
          {t("problem.all")} {formatNumber(total)}
        </Button>
        {Object.entries(counts).map(([one, count]) => (
          <Button
            key={one}
            size="small"
            type={check === one ? "primary" : "default"}
            ghost={check === one}
            onClick={() => go({ check: one })}
          >
            {name(one)} {formatNumber(count)}
          </Button>
        ))}
      </div>
      {problems.error && <ErrorNote error={problems.error} onRetry={() => problems.refetch()} />}
      {lead && state === "open" && rows.length > 0 && (
        <Decide project={project} chosen={chosen} check={check} counts={counts} onDone={() => setChosen(new Set())} />
      )}
      {lead && state === "waived" && chosen.size > 0 && (
        <Button style={{ marginBottom: 10 }} onClick={() => actions.reopen.mutate([...chosen], after)}>
          {t("problem.reopen", { count: chosen.size })}
        </Button>
      )}
      {actions.reopen.error && <ErrorNote error={actions.reopen.error} />}
      {problems.isPending && <Spin />}
      {problems.data && rows.length === 0 && (
        <EmptyState title={t(`problem.none.${state}`)} hint={t("problem.noneHint")} />
      )}
      <ul className="tg-list tg-problems">
        {rows.map((problem) => (
          <ProblemRow
            key={problem.id}
            problem={problem}
            name={name(problem.check_id)}
            chosen={chosen.has(problem.id)}
            onChoose={lead && state !== "refused" ? () => toggle(problem.id) : undefined}
            onOpen={(item) => setSearch({ item, q: "" })}
          />
        ))}
      </ul>
      {problems.hasNextPage && (
        <Button loading={problems.isFetchingNextPage} onClick={() => problems.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

interface DecideProps {
  project: string;
  chosen: ReadonlySet<string>;
  check: string;
  counts: Readonly<Record<string, number>>;
  onDone: () => void;
}

/** Refuses or waives what is chosen, or all of one check, and says how many that is. */
function Decide({ project, chosen, check, counts, onDone }: DecideProps) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const { refuse, waive } = useDataActions(project);
  const [reason, setReason] = useState("");
  const text = reason.trim();
  const choice = chosen.size > 0 ? { ids: [...chosen] } : check ? { ids: [], check } : null;
  const count = chosen.size > 0 ? chosen.size : (counts[check] ?? 0);
  const error = refuse.error ?? waive.error;
  const after = { onSuccess: onDone };
  return (
    <section className="tg-note tg-row" style={{ marginBottom: 10 }}>
      {choice ? (
        <>
          <Input
            value={reason}
            maxLength={500}
            style={{ width: 240 }}
            placeholder={t("problem.reason")}
            aria-label={t("problem.reason")}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button loading={refuse.isPending} onClick={() => refuse.mutate({ ...choice, reason: text }, after)}>
            {chosen.size > 0
              ? t("problem.refuseChosen", { count })
              : t("problem.refuseAll", { count, check: tp(`check.${check}` as "check.dark", { defaultValue: check }) })}
          </Button>
          <Button
            disabled={text.length < 3}
            loading={waive.isPending}
            onClick={() => waive.mutate({ ...choice, reason: text }, after)}
          >
            {t("problem.waive", { count })}
          </Button>
          <span className="tg-muted">{t("problem.hint")}</span>
        </>
      ) : (
        <span className="tg-muted">{t("problem.choose")}</span>
      )}
      {error && <ErrorNote error={error} />}
    </section>
  );
}

interface RowProps {
  problem: FoundProblem;
  name: string;
  chosen: boolean;
  onChoose: (() => void) | undefined;
  onOpen: (item: string) => void;
}

function ProblemRow({ problem, name, chosen, onChoose, onOpen }: RowProps) {
  const { t } = useTranslation("collect");
  const other = problem.other_item_id;
  return (
    <li className="tg-problem">
      {onChoose && <Checkbox checked={chosen} aria-label={problem.item_name} onChange={onChoose} />}
      <button type="button" className="tg-plain" onClick={() => onOpen(problem.item_id)}>
        {problem.thumb_url ? (
          <img src={problem.thumb_url} alt={problem.item_name} loading="lazy" />
        ) : (
          <span className="tg-nothumb">–</span>
        )}
        <span className="tg-cut">{problem.item_name}</span>
      </button>
      {other && (
        <button type="button" className="tg-plain" onClick={() => onOpen(other)}>
          {problem.other_thumb_url ? (
            <img src={problem.other_thumb_url} alt={problem.other_name ?? ""} loading="lazy" />
          ) : (
            <span className="tg-nothumb">–</span>
          )}
          <span className="tg-cut">{t("problem.first", { name: problem.other_name ?? "" })}</span>
        </button>
      )}
      <div>
        <span className={`tg-pill ${problem.severity === "block" ? "tg-pill-reclosed" : "tg-pill-working"}`}>
          {name} · {t(`severity.${problem.severity}`)}
        </span>
        <div>{detailText(problem.detail)}</div>
        {problem.waived_reason && <div className="tg-muted">{problem.waived_reason}</div>}
      </div>
    </li>
  );
}
