import { useQuery } from "@tanstack/react-query";
import { Spin } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { api, ok } from "../../api/client";
import { ApiError } from "../../api/errors";
import type { components } from "../../api/schema";
import type { EditorDocument } from "../../editor/core/editor";
import type { Snapshot } from "../../editor/core/store";
import { AnnotationEditor } from "../../editor/react/AnnotationEditor";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProject, useProjectId } from "../projects/queries";
import { FullScreen } from "./FullScreen";
import { toLabels, toProblems, useLabelSet } from "./labelset";
import { usePicture } from "./picture";
import { useQualityActions } from "./queries";

type Use = components["schemas"]["GoldIn"]["use"];
const USES: readonly Use[] = ["hidden", "practice", "exam"];

/** Draws the known answer of an item; an accepted answer is where it starts from. */
export default function GoldPage() {
  return (
    <FullScreen>
      <GoldEditor />
    </FullScreen>
  );
}

/** The item, and the labels of its accepted answer where there is one. */
function useStart(project: string, item: string) {
  return useQuery({
    queryKey: ["quality", "gold-start", project, item],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const path = { project_id: project };
      const shown = await ok(
        api.GET("/api/v1/projects/{project_id}/items/{item_id}", { params: { path: { ...path, item_id: item } } }),
      );
      const query = { item, state: "accepted" as const, limit: 1 };
      const found = await ok(api.GET("/api/v1/projects/{project_id}/annotations", { params: { path, query } }));
      const first = found.items[0];
      if (!first) return { shown, labels: [], nothing: false };
      const answer = await ok(
        api.GET("/api/v1/projects/{project_id}/annotations/{annotation_id}", {
          params: { path: { ...path, annotation_id: first.id } },
        }),
      );
      const last = answer.revisions.reduce((a, b) => (b.number > a.number ? b : a));
      return { shown, labels: last.labels as Record<string, unknown>[], nothing: last.nothing };
    },
  });
}

function GoldEditor() {
  const { t } = useTranslation("quality");
  const project = useProjectId();
  const item = useParams().item ?? "";
  const [search] = useSearchParams();
  const use = USES.find((one) => one === search.get("use")) ?? "hidden";
  const navigate = useNavigate();
  const name = useProject(project).data?.name ?? "";
  const start = useStart(project, item);
  const { addGold } = useQualityActions(project);
  const { set, checks, number } = useLabelSet(project);
  const shown = start.data?.shown;
  const picture = usePicture(
    shown && { ...shown, width: shown.width ?? 0, height: shown.height ?? 0, image_url: shown.image_url },
  );
  const document = useMemo<EditorDocument | null>(
    () =>
      picture && start.data
        ? {
            id: item,
            picture,
            labels: toLabels(start.data.labels),
            ghosts: [],
            nothing: start.data.nothing,
            seq: 0,
            readOnly: false,
          }
        : null,
    [picture, start.data, item],
  );
  const back = () => navigate(`/projects/${project}/quality#gold`);
  const save = ({ labels, nothing }: Snapshot) =>
    addGold.mutate(
      { item_id: item, use, nothing, labels: labels as unknown as components["schemas"]["GoldIn"]["labels"] },
      { onSuccess: back },
    );
  if (start.error) {
    return (
      <div className="tg-page">
        <ErrorNote error={start.error} onRetry={() => start.refetch()} />
      </div>
    );
  }
  if (!set) return <Spin style={{ margin: "40vh auto", display: "block" }} description={t("review.loading")} />;
  const { error } = addGold;
  return (
    <AnnotationEditor
      document={document}
      labelSet={set}
      title={[name, `${t("page.goldTitle")} · ${t(`page.goldUse.${use}`)}`, t("review.rules", { number })]}
      {...(checks ? { checks } : {})}
      problems={toProblems(error instanceof ApiError ? error.params : undefined)}
      save={{ state: "idle" }}
      theme="dark"
      onSubmit={save}
      onHome={back}
      panel={
        <section className="tg-judge">
          <p className="te-muted">{t("page.goldHint")}</p>
          {error !== null && <ErrorNote error={error} />}
        </section>
      }
    />
  );
}
