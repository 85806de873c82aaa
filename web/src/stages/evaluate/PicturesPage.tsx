import { Button, Select, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useProjectId } from "../projects/queries";
import { useLabelNames } from "../quality/labelset";
import { PictureGrid } from "./PictureGrid";
import { useEvaluation, usePictures, type Wanted } from "./queries";
import { useSliceName } from "./words";
import "./evaluate.css";

const STATES = ["missed", "wrong", "invented", "right"] as const;
const PAGE = 24;

/** The pictures that a figure counts. Which ones is in the address, so that it can be pasted in a chat. */
export default function PicturesPage() {
  const { t } = useTranslation("evaluate");
  const project = useProjectId();
  const { evaluation = "" } = useParams();
  const [search, setSearch] = useSearchParams();
  const wanted: Wanted = {};
  for (const key of ["state", "truth", "found", "kind", "value"] as const) {
    const value = search.get(key);
    if (value !== null) Object.assign(wanted, { [key]: value });
  }
  const skip = Number(search.get("skip") ?? 0);
  const found = usePictures(project, evaluation, wanted, skip);
  const one = useEvaluation(project, evaluation);
  const title = useTitle(project, wanted);
  const go = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(changes)) value === null ? next.delete(key) : next.set(key, value);
    setSearch(next);
  };
  return (
    <div className="tg-page">
      <div className="tg-muted">
        <Link to={`/projects/${project}/evaluations`}>{t("title")}</Link> /{" "}
        <Link to={`/projects/${project}/evaluations/${evaluation}`}>
          {one.data ? t("heading", { number: one.data.number, model: one.data.model }) : "…"}
        </Link>
      </div>
      <h1>{title}</h1>
      <div className="tg-row">
        <Select
          allowClear
          style={{ minWidth: 160 }}
          placeholder={t("anyState")}
          value={wanted.state ?? null}
          options={STATES.map((state) => ({ value: state, label: t(`state.${state}`) }))}
          onChange={(state: string | null | undefined) => go({ state: state ?? null, skip: null })}
        />
        {found.data && <span className="tg-muted">{t("total", { count: found.data.total })}</span>}
      </div>
      {found.error && <ErrorNote error={found.error} />}
      {!found.data && !found.error && <Spin />}
      {found.data && <PictureGrid project={project} evaluation={evaluation} pictures={found.data.items} />}
      {found.data && found.data.total > PAGE && (
        <div className="tg-row">
          <Button disabled={skip === 0} onClick={() => go({ skip: String(Math.max(0, skip - PAGE)) })}>
            {t("earlier")}
          </Button>
          <span className="tg-muted">
            {formatNumber(skip + 1)}–{formatNumber(Math.min(skip + PAGE, found.data.total))} /{" "}
            {formatNumber(found.data.total)}
          </span>
          <Button disabled={skip + PAGE >= found.data.total} onClick={() => go({ skip: String(skip + PAGE) })}>
            {t("later")}
          </Button>
        </div>
      )}
    </div>
  );
}

function useTitle(project: string, wanted: Wanted): string {
  const { t } = useTranslation("evaluate");
  const label = useLabelNames(project);
  const slice = useSliceName(project);
  if (wanted.truth !== undefined && wanted.found !== undefined) {
    const truth = wanted.truth ? label(wanted.truth) : t("notDrawn");
    return `${truth} → ${wanted.found ? label(wanted.found) : t("notFound")}`;
  }
  if (wanted.kind) return `${t(`kind.${wanted.kind}`)}: ${slice(wanted.kind, wanted.value ?? "")}`;
  return t(wanted.state ? `state.${wanted.state}` : "allPictures");
}
