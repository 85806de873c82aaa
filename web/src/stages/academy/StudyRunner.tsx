import { Button, Spin } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/errors";
import { AnnotationEditor } from "../../editor/react/AnnotationEditor";
import { ErrorNote } from "../../ui/ErrorNote";
import { toRules } from "../annotate/rules";
import { toLabels, toProblems } from "../quality/labelset";
import { useVersion } from "../rules/queries";
import { BrokenPicture, useStudy } from "./useStudy";
import { VerdictPanel } from "./VerdictPanel";

const Markdown = lazy(() => import("../../ui/Markdown"));
const ANSWER = "#ffffff";

interface Props {
  project: string;
  attempt: string;
  onEnd: () => void;
  onLeave: () => void;
}

/** Practice and exam in the editor of real work. Practice draws the right answer over one's own at once. */
export function StudyRunner({ project, attempt, onEnd, onLeave }: Props) {
  const { t, i18n } = useTranslation("academy");
  const study = useStudy(project, attempt, onEnd);
  const { work, document, verdict, error } = study;
  const version = useVersion(project, work?.rule_version_id ?? null);
  const [theme, setTheme] = useState<"dark" | "light">("dark");
  const { data } = version;
  const language = i18n.language;
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are read in the language of the moment
  const rules = useMemo(() => (data ? toRules(data) : null), [data, language]);
  const overlays = useMemo(
    () =>
      verdict ? [{ id: "answer", name: t("verdict.layer"), color: ANSWER, labels: toLabels(verdict.expected) }] : [],
    [verdict, t],
  );
  const problems = error instanceof ApiError && error.code === "labels.invalid" ? toProblems(error.params) : [];
  const broken = error instanceof BrokenPicture ? new Error(t("broken", { name: error.item })) : null;
  const failure = broken ?? version.error ?? (problems.length ? null : error);
  if (!work || !rules) {
    return (
      <div className="tg-full tg-full-wait">
        {failure ? (
          <>
            <ErrorNote error={failure} onRetry={study.next} />
            <Button onClick={onLeave}>{t("leave")}</Button>
          </>
        ) : (
          <Spin description={t("opening")} />
        )}
      </div>
    );
  }
  return (
    <div className="tg-full">
      <AnnotationEditor
        document={document}
        labelSet={rules.set}
        checks={rules.checks}
        problems={problems}
        title={[
          t(`view.${work.kind}`),
          t("position", { position: work.position + 1, total: work.total }),
          `v${work.rule_version}`,
        ]}
        facts={[work.item.name]}
        save={study.keptAt ? { state: "saved", at: study.keptAt } : { state: "idle" }}
        theme={theme}
        onTheme={setTheme}
        overlays={overlays}
        onHome={onLeave}
        onCommand={(_, snapshot) => study.keep(snapshot)}
        onSubmit={study.answer}
        renderMarkdown={(text) => (
          <Suspense fallback={text}>
            <Markdown>{text}</Markdown>
          </Suspense>
        )}
        notice={
          failure ? (
            <ErrorNote error={failure} onRetry={document ? undefined : study.next} />
          ) : study.sending ? (
            t("sending")
          ) : undefined
        }
        panel={
          verdict && (
            <VerdictPanel verdict={verdict} labels={document?.labels ?? []} set={rules.set} onNext={study.next} />
          )
        }
      />
    </div>
  );
}
