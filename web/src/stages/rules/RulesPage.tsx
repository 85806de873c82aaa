import { Button, Segmented, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { DraftEditor } from "./DraftEditor";
import { MappingView } from "./MappingView";
import { Questions } from "./Questions";
import { useRuleActions, useRulebook } from "./queries";
import { RuleBook } from "./RuleBook";
import { StartRules } from "./StartRules";
import { VersionsView } from "./VersionsView";
import "../projects/projects.css";
import "./rules.css";

const VIEWS = ["current", "draft", "versions", "questions", "imported"] as const;
type View = (typeof VIEWS)[number];

/** The rulebook: what holds now, what is being written, its history, questions, and names that came with imports. */
export default function RulesPage() {
  const { t } = useTranslation("rules");
  const project = useProjectId();
  const roles = useRoles(project);
  const writes = hasRole(roles, "trainer", "manager");
  const [search, setSearch] = useSearchParams();
  const book = useRulebook(project);
  const { startDraft } = useRuleActions(project);

  if (book.isPending) return <Spin style={{ margin: 40 }} description={t("loading")} />;
  if (!book.data) {
    return (
      <div className="tg-page">
        <ErrorNote error={book.error} onRetry={() => book.refetch()} />
      </div>
    );
  }
  const { current, draft, clarifications } = book.data;
  const views = VIEWS.filter((one) => shown(one, writes, current !== null, draft !== null));
  const view: View = views.find((one) => one === search.get("view")) ?? views[0] ?? "current";
  const label = (one: View) => {
    if (one === "current" && current) return `${t("view.current")} v${current.major}.${current.minor}`;
    if (one === "questions") return `${t("view.questions")} ${formatNumber(clarifications.open ?? 0)}`;
    return t(`view.${one}`);
  };
  const edit = () => startDraft.mutate({}, { onSuccess: () => setSearch({ view: "draft" }) });
  return (
    <div className="tg-page">
      <div className="tg-row tg-between">
        <h1>{t("title")}</h1>
        {writes && current && view !== "draft" && (
          <Button
            type="primary"
            loading={startDraft.isPending}
            onClick={draft ? () => setSearch({ view: "draft" }) : edit}
          >
            {t(draft ? "goOn" : "edit")}
          </Button>
        )}
      </div>
      {startDraft.error && <ErrorNote error={startDraft.error} />}
      {!current && !draft ? (
        <StartRules project={project} writes={writes} onStarted={() => setSearch({ view: "draft" })} />
      ) : (
        <>
          <Segmented
            value={view}
            className="tg-views"
            onChange={(value) => setSearch({ view: value })}
            options={views.map((one) => ({ value: one, label: label(one) }))}
          />
          {view === "current" && current && (
            <>
              {current.published_at && (
                <p className="tg-muted">
                  {t("publishedAt", { when: formatDateTime(current.published_at) })} {current.note}
                </p>
              )}
              <RuleBook content={current} pictures={current.pictures ?? {}} />
            </>
          )}
          {view === "draft" && draft && (
            <DraftEditor
              key={draft.id}
              project={project}
              draft={draft}
              current={current}
              onPublished={() => setSearch({})}
            />
          )}
          {view === "versions" && <VersionsView project={project} />}
          {view === "questions" && <Questions project={project} answers={hasRole(roles, "trainer")} rules={current} />}
          {view === "imported" && current && <MappingView project={project} rules={current} />}
        </>
      )}
    </div>
  );
}

function shown(view: View, writes: boolean, published: boolean, drafted: boolean): boolean {
  if (view === "draft") return drafted && writes;
  if (view === "imported") return writes && published;
  return published;
}
