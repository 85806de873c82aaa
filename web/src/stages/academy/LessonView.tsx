import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { ErrorNote } from "../../ui/ErrorNote";
import { ChangeList } from "../rules/ChangeList";
import { ExampleFigure } from "../rules/ExampleFigure";
import { AttributeLines, ClassHead } from "../rules/RuleBook";
import { type Lesson, type Standing, useStudyActions } from "./queries";

const Markdown = lazy(() => import("../../ui/Markdown"));

interface Props {
  project: string;
  lesson: Lesson;
  standing: Standing;
  onRead: () => void;
}

/** The lesson made from the rules: what changed, each class with its examples, the guideline, answered questions. */
export function LessonView({ project, lesson, standing, onRead }: Props) {
  const { t } = useTranslation("academy");
  const { read } = useStudyActions(project);
  const names = new Map(lesson.classes.map(({ label }) => [label.key, localized(label.name, label.key)]));
  return (
    <div className="tg-stack tg-lesson">
      {lesson.changes.length > 0 && (
        <section className="tg-card">
          <h2>{t("changed", { version: lesson.read_before ?? "" })}</h2>
          {lesson.note && <p>{lesson.note}</p>}
          <ChangeList changes={lesson.changes} names={names} />
        </section>
      )}
      {lesson.classes.map(({ label, right, wrong, clarifications }) => (
        <section key={label.key} className="tg-card tg-stack">
          <ClassHead entry={label} />
          <div className="tg-prose">
            <Suspense fallback={localized(label.definition)}>
              <Markdown>{localized(label.definition)}</Markdown>
            </Suspense>
          </div>
          <AttributeLines entry={label} />
          {right.length + wrong.length > 0 && (
            <div className="tg-examples">
              {[...right, ...wrong].map((example) => (
                <ExampleFigure key={JSON.stringify(example)} example={example} pictures={lesson.pictures} />
              ))}
            </div>
          )}
          <Answers list={clarifications} />
        </section>
      ))}
      {lesson.guideline && (
        <section className="tg-card tg-prose">
          <Suspense fallback={lesson.guideline}>
            <Markdown>{lesson.guideline}</Markdown>
          </Suspense>
        </section>
      )}
      {lesson.clarifications.length > 0 && (
        <section className="tg-card">
          <h2>{t("questions")}</h2>
          <Answers list={lesson.clarifications} />
        </section>
      )}
      {read.error && <ErrorNote error={read.error} />}
      <div className="tg-lesson-end">
        {standing.lesson_read && lesson.read_at ? (
          <span className="tg-muted">✓ {t("readAt", { when: formatDateTime(lesson.read_at) })}</span>
        ) : (
          <Button
            type="primary"
            size="large"
            loading={read.isPending}
            onClick={() => read.mutate(lesson.rule_version_id, { onSuccess: onRead })}
          >
            {t("read")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Answers({ list }: { list: Lesson["clarifications"] }) {
  return list.map((one) => (
    <div key={one.id} className="tg-note tg-row" style={{ alignItems: "flex-start" }}>
      {one.thumb_url && <img src={one.thumb_url} alt="" width={96} loading="lazy" />}
      <div style={{ flex: 1 }}>
        <strong>{one.question}</strong>
        <div>{one.answer}</div>
      </div>
    </div>
  ));
}
