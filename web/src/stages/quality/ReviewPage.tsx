import { Button, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { Disagreements } from "./Disagreements";
import { FullScreen } from "./FullScreen";
import { JudgeView } from "./JudgeView";
import { useDisagreements, useNextReview } from "./queries";

/** A stack of answers judged by keys; beside it the items whose answers differ. */
export default function ReviewPage() {
  const project = useProjectId();
  const [search] = useSearchParams();
  return (
    <FullScreen>
      {search.get("view") === "disagreements" ? <Disagreements project={project} /> : <Stack project={project} />}
    </FullScreen>
  );
}

function Stack({ project }: { project: string }) {
  const { t } = useTranslation("quality");
  const next = useNextReview(project);
  if (next.isPending) {
    return <Spin style={{ margin: "40vh auto", display: "block" }} description={t("review.loading")} />;
  }
  if (!next.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={next.error} onRetry={() => next.refetch()} />
        <Link to={`/projects/${project}`}>{t("review.toMap")}</Link>
      </div>
    );
  }
  const { review, reason } = next.data;
  if (review) return <JudgeView project={project} review={review} />;
  const own = reason === "only_own_work";
  return (
    <EmptyState
      title={own ? t("review.onlyOwn") : t("review.none")}
      hint={own ? t("review.onlyOwnHint") : t("review.noneHint")}
      action={
        <Button type="primary" loading={next.isFetching} onClick={() => next.refetch()}>
          {t("review.refresh")}
        </Button>
      }
      example={<Elsewhere project={project} />}
    />
  );
}

function Elsewhere({ project }: { project: string }) {
  const { t } = useTranslation("quality");
  const open = useDisagreements(project);
  const count = open.data?.items.length ?? 0;
  return (
    <p>
      {count > 0 && <Link to="?view=disagreements">{t("review.disagreements", { count })}</Link>}{" "}
      <Link to={`/projects/${project}`}>{t("review.toMap")}</Link>
    </p>
  );
}
