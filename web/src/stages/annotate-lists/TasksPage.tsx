import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { formatNumber } from "../../i18n/format";
import { Figure } from "../../ui/Figure";
import { useProjectId } from "../projects/queries";
import { AnswersView } from "./AnswersView";
import { CreateTasks } from "./CreateTasks";
import { useTasks } from "./queries";
import { TasksView } from "./TasksView";
import "../projects/projects.css";
import "./tasks.css";

const TOTALS = ["created", "held", "done", "closed"] as const;

/** The queue as those who lead see it: how much there is, making tasks, order, and answers with their history. */
export default function TasksPage() {
  const { t } = useTranslation("tasks");
  const project = useProjectId();
  const [search, setSearch] = useSearchParams();
  const [creating, setCreating] = useState(false);
  const tasks = useTasks(project, {});
  const totals = tasks.data?.pages[0]?.totals;
  const view = search.get("view") === "answers" ? "answers" : "tasks";
  return (
    <div className="tg-page">
      <div className="tg-row tg-between">
        <h1>{t("title")}</h1>
        <Button type="primary" onClick={() => setCreating(true)}>
          {t("create.open")}
        </Button>
      </div>
      {totals && (
        <section className="tg-card tg-totals">
          {TOTALS.map((one) => (
            <Figure key={one} label={t(`total.${one}`)} value={formatNumber(totals[one] ?? 0)} />
          ))}
        </section>
      )}
      {creating && <CreateTasks project={project} onClose={() => setCreating(false)} />}
      <Segmented
        value={view}
        style={{ margin: "12px 0" }}
        onChange={(value) => setSearch(value === "tasks" ? {} : { view: value })}
        options={(["tasks", "answers"] as const).map((one) => ({ value: one, label: t(`view.${one}`) }))}
      />
      {view === "tasks" ? (
        <TasksView project={project} onCreate={() => setCreating(true)} />
      ) : (
        <AnswersView project={project} />
      )}
    </div>
  );
}
