import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useProjectId } from "../projects/queries";
import { WorkTable } from "./WorkTable";
import "../projects/projects.css";
import "./settle.css";

/** Every row that one's own pay is made of. */
export default function MyWorkPage() {
  const { t } = useTranslation("settle");
  const project = useProjectId();
  return (
    <div className="tg-page">
      <Link to={`/projects/${project}/today`}>← {t("today.back")}</Link>
      <h1>{t("today.work")}</h1>
      <p className="tg-muted">{t("today.workHint")}</p>
      <WorkTable project={project} person="me" period={null} />
    </div>
  );
}
