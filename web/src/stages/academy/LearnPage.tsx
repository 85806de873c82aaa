import { Button, Grid, Segmented, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { LessonView } from "./LessonView";
import { useAttempts, useLesson, useStudyActions } from "./queries";
import { ResultView } from "./ResultView";
import { StudyRunner } from "./StudyRunner";
import { StudyView } from "./StudyView";
import { Way } from "./Way";
import "../projects/projects.css";
import "../rules/rules.css";
import "./learn.css";

const VIEWS = ["lesson", "practice", "exam"] as const;

/** The way to work: read the lesson, practise with answers, pass the exam. */
export default function LearnPage() {
  const { t } = useTranslation("academy");
  const project = useProjectId();
  const [search, setSearch] = useSearchParams();
  const wide = Grid.useBreakpoint().md ?? true;
  const lesson = useLesson(project);
  const attempts = useAttempts(project);
  const { start } = useStudyActions(project);
  const at = search.get("at");
  const result = search.get("result");
  if (lesson.isPending || attempts.isPending) return <Spin style={{ margin: 40 }} description={t("loading")} />;
  if (!attempts.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={attempts.error} onRetry={() => attempts.refetch()} />
      </div>
    );
  }
  const { standing, items } = attempts.data;
  if (!lesson.data) {
    return standing.step === "rules" ? (
      <EmptyState title={t("noRules")} hint={t("noRulesHint")} />
    ) : (
      <div className="tg-page">
        <ErrorNote error={lesson.error} onRetry={() => lesson.refetch()} />
      </div>
    );
  }
  if (at && wide) {
    const done = (attempt: string) => {
      void attempts.refetch();
      setSearch({ result: attempt });
    };
    return <StudyRunner project={project} attempt={at} onEnd={() => done(at)} onLeave={() => setSearch({})} />;
  }
  const begin = (kind: "practice" | "exam") =>
    start.mutate(kind, { onSuccess: (attempt) => setSearch({ at: attempt.id }) });
  const wanted = VIEWS.find((one) => one === search.get("view"));
  const view = wanted ?? (standing.step === "practice" ? "practice" : standing.lesson_read ? "exam" : "lesson");
  return (
    <div className="tg-page">
      <div className="tg-row tg-between">
        <h1>{t("title")}</h1>
        <span className="tg-muted">{t("rules", { version: `${lesson.data.major}.${lesson.data.minor}` })}</span>
      </div>
      <Way project={project} standing={standing} />
      {start.error && <ErrorNote error={start.error} />}
      {result ? (
        <>
          <Button style={{ margin: "12px 0" }} onClick={() => setSearch({})}>
            ← {t("back")}
          </Button>
          <ResultView
            project={project}
            attempt={result}
            version={lesson.data.rule_version_id}
            standing={standing}
            onAgain={wide ? begin : undefined}
          />
        </>
      ) : (
        <>
          <Segmented
            value={view}
            className="tg-views"
            onChange={(value) => setSearch({ view: value })}
            options={VIEWS.map((one) => ({ value: one, label: t(`view.${one}`) }))}
          />
          {view === "lesson" ? (
            <LessonView project={project} lesson={lesson.data} standing={standing} onRead={() => setSearch({})} />
          ) : (
            <StudyView
              kind={view}
              standing={standing}
              attempts={items.filter((one) => one.kind === view)}
              wide={wide}
              starting={start.isPending}
              onStart={() => begin(view)}
              onResult={(attempt) => setSearch({ result: attempt })}
            />
          )}
        </>
      )}
    </div>
  );
}
