import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { hasRole, useRoles } from "../../api/me";
import { formatBytes, formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { JobRow } from "../projects/JobsPage";
import { useJobs } from "../projects/queries";
import { type Export, FORMATS, type Format, useDatasetActions, useExports } from "./queries";

const NAMES: Record<Format, string> = { coco: "COCO", voc: "Pascal VOC", yolo: "YOLO" };

interface Refused {
  item?: string;
  kind?: string;
  count?: number;
  reason?: string;
}

/** Archives of this version: made in the background, downloaded here, with a list of what could not be written. */
export function ExportsView({ project, number }: { project: string; number: number }) {
  const { t } = useTranslation("datasets");
  const exports = useExports(project, number);
  const { write } = useDatasetActions(project);
  const list = exports.data ?? [];
  return (
    <>
      <p className="tg-muted">{t("exportHint")}</p>
      <div className="tg-row">
        {FORMATS.map((format, place) => (
          <Button
            key={format}
            type={place === 0 && list.length === 0 ? "primary" : "default"}
            loading={write.isPending && write.variables?.format === format}
            onClick={() => write.mutate({ number, format })}
          >
            {t("make", { format: NAMES[format] })}
          </Button>
        ))}
      </div>
      {write.error && <ErrorNote error={write.error} />}
      {exports.error && <ErrorNote error={exports.error} />}
      {exports.data && list.length === 0 && <p className="tg-muted">{t("noExports")}</p>}
      <ul className="tg-list tg-exports">
        {list.map((one) => (
          <ExportRow key={one.id} project={project} one={one} />
        ))}
      </ul>
    </>
  );
}

function ExportRow({ project, one }: { project: string; one: Export }) {
  const { t } = useTranslation("datasets");
  const roles = useRoles(project);
  const staff = hasRole(roles, "manager", "trainer", "inspector", "engineer");
  const jobs = useJobs(project, staff && one.state !== "done");
  const job = one.state === "done" ? undefined : jobs.data?.find((entry) => entry.id === one.job_id);
  const refused = one.refused as Refused[];
  const total = Number(one.counts.refused ?? refused.length);
  return (
    <li>
      <div className="tg-row">
        <strong>{NAMES[one.format as Format] ?? one.format}</strong>
        <span className="tg-muted">
          {t(`exportState.${one.state}`)} · {formatDateTime(one.created_at)}
          {one.size !== null && ` · ${formatBytes(one.size)}`}
          {typeof one.counts.items === "number" && ` · ${formatNumber(one.counts.items)} ${t("items")}`}
        </span>
        {one.url && (
          <Button type="primary" size="small" href={one.url}>
            {t("download")}
          </Button>
        )}
      </div>
      {one.sha256 && <div className="tg-muted tg-sha">SHA-256 {one.sha256}</div>}
      {job && (
        <ul className="tg-list">
          <JobRow job={job} />
        </ul>
      )}
      {total > 0 && (
        <details>
          <summary>{t("refused", { count: total })}</summary>
          <ul>
            {refused.map((row) => (
              <li key={`${row.item}${row.kind}${row.reason}`}>
                {t("refusedItem", { item: row.item, kind: row.kind, count: row.count, reason: row.reason })}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
