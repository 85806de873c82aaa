import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/errors";
import type { components } from "../../api/schema";
import type { EditorDocument } from "../../editor/core/editor";
import type { Overlay } from "../../editor/core/overlays";
import type { Snapshot } from "../../editor/core/store";
import { AnnotationEditor } from "../../editor/react/AnnotationEditor";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProject } from "../projects/queries";
import { Key } from "./JudgePanel";
import { toLabels, toProblems, useLabelSet } from "./labelset";
import { usePicture } from "./picture";
import { type Disagreement, useQualityActions } from "./queries";
import { useKeys } from "./useKeys";

const COLORS = ["#ffffff", "#ff7ad9", "#5fd3ff", "#b8ff5f", "#ffb35f"];
const letter = (place: number) => String.fromCharCode(65 + place);

interface Props {
  project: string;
  one: Disagreement;
  onDone(): void;
  onBack(): void;
}

/** One item with all its answers: start from one, see the others dashed, put it right, settle. */
export function SettleView({ project, one, onDone, onBack }: Props) {
  const { t } = useTranslation("quality");
  const name = useProject(project).data?.name ?? "";
  const { settle } = useQualityActions(project);
  const [base, setBase] = useState(0);
  const answer = one.answers[base] ?? one.answers[0];
  const { set, checks, number } = useLabelSet(project, answer?.rule_version_id);
  const picture = usePicture(one.item);

  const document = useMemo<EditorDocument | null>(
    () =>
      picture && answer
        ? {
            id: `${one.item_id}-${answer.revision_id}`,
            picture,
            labels: toLabels(answer.labels),
            ghosts: [],
            nothing: answer.nothing,
            seq: 0,
            readOnly: false,
          }
        : null,
    [picture, answer, one.item_id],
  );
  const overlays = useMemo<Overlay[]>(
    () =>
      one.answers.flatMap((other, place) =>
        place === base
          ? []
          : [
              {
                id: other.annotation_id,
                name: t("review.answer", { name: letter(place) }),
                labels: toLabels(other.labels),
                color: COLORS[place % COLORS.length] ?? "#ffffff",
              },
            ],
      ),
    [one.answers, base, t],
  );
  const submit = ({ labels, nothing }: Snapshot) => {
    if (!answer || settle.isPending) return;
    const body: components["schemas"]["SettleIn"] = {
      annotation_id: answer.annotation_id,
      revision: answer.revision,
      labels: labels as unknown as NonNullable<components["schemas"]["SettleIn"]["labels"]>,
      nothing,
    };
    settle.mutate({ item: one.item_id, body }, { onSuccess: onDone });
  };
  useKeys((key) => {
    const place = Number(key) - 1;
    if (!Number.isInteger(place) || !one.answers[place]) return false;
    setBase(place);
    return true;
  });

  if (!set) return <div className="te" data-theme="dark" />;
  const { error } = settle;
  return (
    <AnnotationEditor
      document={document}
      labelSet={set}
      title={[name, t("review.disagreementsTitle"), t("review.rules", { number })]}
      {...(checks ? { checks } : {})}
      problems={toProblems(error instanceof ApiError ? error.params : undefined)}
      overlays={overlays}
      save={{ state: "idle" }}
      theme="dark"
      onSubmit={submit}
      onHome={onBack}
      panel={
        <section className="tg-judge">
          <h3>{t("review.disagreementsTitle")}</h3>
          <p className="te-muted">{t("review.settleHint")}</p>
          {one.answers.map((other, place) => (
            <Key
              key={other.annotation_id}
              word={`${t("review.answer", { name: letter(place) })} · ${t("review.labels", { count: other.labels.length })}`}
              hint={String(place + 1)}
              pressed={place === base}
              onClick={() => setBase(place)}
            />
          ))}
          {error !== null && <ErrorNote error={error} />}
          <Key word={t("review.cancel")} onClick={onBack} />
        </section>
      }
    />
  );
}
