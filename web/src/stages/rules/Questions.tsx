import { Button, Checkbox, Input, Segmented, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Clarification, type RuleVersion, useClarifications, useRuleActions } from "./queries";

const STATES = ["all", "open", "answered", "taken", "published"] as const;

interface Props {
  project: string;
  answers: boolean;
  rules: RuleVersion | null;
}

/** Questions on the rules, mostly asked on an item, with their answers. */
export function Questions({ project, answers, rules }: Props) {
  const { t } = useTranslation("rules");
  const [state, setState] = useState<(typeof STATES)[number]>("all");
  const list = useClarifications(project, state === "all" ? null : state);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map((rules?.label_set ?? []).map((entry) => [entry.key, localized(entry.name, entry.key)]));
  return (
    <div className="tg-stack">
      <Segmented
        value={state}
        onChange={setState}
        style={{ alignSelf: "start" }}
        options={STATES.map((one) => ({ value: one, label: t(`question.${one}`) }))}
      />
      {list.error && <ErrorNote error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Spin />}
      {list.data && rows.length === 0 && <EmptyState title={t("question.none")} hint={t("question.noneHint")} />}
      <ul className="tg-list">
        {rows.map((one) => (
          <Question
            key={one.id}
            project={project}
            one={one}
            answers={answers}
            label={one.label ? (names.get(one.label) ?? one.label) : null}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </div>
  );
}

interface QuestionProps {
  project: string;
  one: Clarification;
  answers: boolean;
  label: string | null;
}

function Question({ project, one, answers, label }: QuestionProps) {
  const { t } = useTranslation("rules");
  const { answer } = useRuleActions(project);
  const [text, setText] = useState(one.answer ?? "");
  const [take, setTake] = useState(true);
  const mayAnswer = answers && (one.state === "open" || one.state === "answered");
  return (
    <li className="tg-question">
      <div>
        {one.thumb_url && (
          <a href={one.image_url ?? one.thumb_url} target="_blank" rel="noreferrer">
            <img src={one.thumb_url} alt={t("question.picture")} loading="lazy" />
          </a>
        )}
      </div>
      <div className="tg-stack" style={{ gap: 6 }}>
        <div className="tg-row">
          <span className={`tg-pill ${one.state === "open" ? "tg-pill-working" : "tg-pill-open"}`}>
            {t(`question.${one.state}`)}
          </span>
          {label && <strong>{label}</strong>}
          <span className="tg-muted">
            {one.asked_by_name} · {formatDateTime(one.created_at)}
          </span>
        </div>
        <div>{one.question}</div>
        {one.answer && (
          <div className="tg-note">
            {one.answer}
            <div className="tg-muted">
              {one.answered_by_name} {one.answered_at ? `· ${formatDateTime(one.answered_at)}` : ""}
            </div>
          </div>
        )}
        {mayAnswer && (
          <div className="tg-row">
            <Input.TextArea
              value={text}
              maxLength={10_000}
              autoSize={{ minRows: 1, maxRows: 6 }}
              style={{ flex: 1, minWidth: 220 }}
              placeholder={t("question.answerHint")}
              aria-label={t("question.answerHint")}
              onChange={(event) => setText(event.target.value)}
            />
            <Checkbox checked={take} onChange={(event) => setTake(event.target.checked)}>
              {t("question.take")}
            </Checkbox>
            <Button
              type="primary"
              disabled={!text.trim()}
              loading={answer.isPending}
              onClick={() => answer.mutate({ id: one.id, answer: text.trim(), take_into_rules: take })}
            >
              {t(one.answer ? "question.change" : "question.answer")}
            </Button>
          </div>
        )}
        {answer.error && <ErrorNote error={answer.error} />}
      </div>
    </li>
  );
}
