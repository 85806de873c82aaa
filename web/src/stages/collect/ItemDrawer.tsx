import { Button, Descriptions, Drawer, Input, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "../../api/schema";
import { formatBytes, formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Mark, MarkedPicture } from "../../ui/MarkedPicture";
import { detailText } from "./detail";
import { useDataActions, useItem } from "./queries";

type Detail = components["schemas"]["ItemDetail"];

interface Props {
  project: string;
  item: string;
  lead: boolean;
  onClose: () => void;
}

/** All that is known of one item, and erasing it. */
export function ItemDrawer({ project, item, lead, onClose }: Props) {
  const { t } = useTranslation("collect");
  const found = useItem(project, item);
  const detail = found.data;
  return (
    <Drawer open onClose={onClose} size="min(760px, 100vw)" title={detail?.name ?? t("loading")}>
      {found.isPending && <Spin />}
      {found.error && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
      {detail && <Body project={project} detail={detail} lead={lead} />}
    </Drawer>
  );
}

/** Facts that have a place of their own, and the tiny picture that only machines compare. */
const SHOWN_ABOVE: ReadonlySet<string> = new Set(["sha256", "bytes", "width", "height", "tiny"]);

function marksOf(detail: Detail): Mark[] {
  return detail.imported.flatMap((one, group) =>
    one.labels.flatMap((label, index) => {
      const { kind, x, y, width, height, label: name } = label as Record<string, unknown>;
      if (kind !== "box") return [];
      const rect = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
      return [{ ...rect, id: `${group}.${index}`, color: "#ffb000", text: String(name) }];
    }),
  );
}

function Body({ project, detail, lead }: { project: string; detail: Detail; lead: boolean }) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const marks = marksOf(detail);
  const facts = (values: Record<string, unknown>) =>
    Object.entries(values).filter(
      ([key, value]) => !SHOWN_ABOVE.has(key) && value !== null && value !== "" && typeof value !== "object",
    );
  const shown = (value: unknown) =>
    typeof value === "number" ? formatNumber(value, Number.isInteger(value) ? 0 : 3) : String(value);
  return (
    <div className="tg-stack">
      {detail.state === "erased" ? (
        <div className="tg-note">{t("detail.erased")}</div>
      ) : detail.image_url ? (
        <a href={detail.image_url} target="_blank" rel="noreferrer" title={t("detail.full")}>
          <MarkedPicture
            src={detail.medium_url || detail.image_url}
            width={detail.width}
            height={detail.height}
            alt={detail.name}
            marks={marks}
          />
        </a>
      ) : (
        <div className="tg-note">{t("detail.unread")}</div>
      )}
      {detail.found.length > 0 && (
        <section>
          <h2>{t("view.problems")}</h2>
          <ul className="tg-list">
            {detail.found.map((problem) => (
              <li key={problem.id}>
                <span className={`tg-pill ${problem.state === "open" ? "tg-pill-working" : "tg-pill-closed"}`}>
                  {tp(`check.${problem.check_id}` as "check.dark", { defaultValue: problem.check_id })} ·{" "}
                  {t(`problemState.${problem.state}`)}
                </span>{" "}
                {detailText(problem.detail)} {problem.other_name && t("problem.like", { name: problem.other_name })}
                {problem.waived_reason && <div className="tg-muted">{problem.waived_reason}</div>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Descriptions size="small" column={{ xs: 1, sm: 2 }} bordered>
        <Descriptions.Item label={t("column.state")}>{t(`state.${detail.state}`)}</Descriptions.Item>
        <Descriptions.Item label={t("column.size")}>
          {detail.width}×{detail.height} · {formatBytes(detail.bytes)}
        </Descriptions.Item>
        <Descriptions.Item label={t("field.licence")}>{detail.licence || "–"}</Descriptions.Item>
        <Descriptions.Item label={t("field.consent")}>{detail.consent || "–"}</Descriptions.Item>
        <Descriptions.Item label={t("field.group_key")}>{detail.group_key ?? "–"}</Descriptions.Item>
        <Descriptions.Item label={t("detail.type")}>{detail.media_type}</Descriptions.Item>
        <Descriptions.Item label={t("detail.when")}>{formatDateTime(detail.created_at)}</Descriptions.Item>
        <Descriptions.Item label="SHA-256">
          <code className="tg-hash">{detail.sha256 || "–"}</code>
        </Descriptions.Item>
      </Descriptions>
      <Facts title={t("detail.measurement")} rows={facts(detail.measurement)} shown={shown} names="measure" />
      <Facts title={t("detail.provenance")} rows={facts(detail.provenance)} shown={shown} names="origin" />
      {detail.imported.map((one) => (
        <div key={one.format + one.state} className="tg-muted">
          {t("detail.imported", { format: one.format, count: one.labels.length })}
          {one.nothing ? ` · ${t("detail.nothing")}` : ""}
        </div>
      ))}
      {lead && detail.state !== "erased" && <Erase project={project} detail={detail} marks={marks.length} />}
    </div>
  );
}

function Facts(props: { title: string; rows: [string, unknown][]; shown: (value: unknown) => string; names: string }) {
  const { t } = useTranslation("collect");
  if (props.rows.length === 0) return null;
  return (
    <section>
      <h2>{props.title}</h2>
      <Descriptions size="small" column={{ xs: 1, sm: 2 }} bordered>
        {props.rows.map(([key, value]) => (
          <Descriptions.Item key={key} label={t(`${props.names}.${key}` as "measure.dark", { defaultValue: key })}>
            {props.shown(value)}
          </Descriptions.Item>
        ))}
      </Descriptions>
    </section>
  );
}

/** Erasing cannot be undone, so it says what it takes and asks why. */
function Erase({ project, detail, marks }: { project: string; detail: Detail; marks: number }) {
  const { t } = useTranslation("collect");
  const { erase } = useDataActions(project);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  if (!open) {
    return (
      <div>
        <Button danger onClick={() => setOpen(true)}>
          {t("erase.open")}
        </Button>
      </div>
    );
  }
  return (
    <section className="tg-note tg-note-bad tg-stack">
      <strong>{t("erase.title", { name: detail.name })}</strong>
      <ul className="tg-facts">
        <li>{t("erase.bytes", { size: formatBytes(detail.bytes) })}</li>
        <li>
          {t("erase.labels", {
            count: marks,
            state: t(`labelled.${detail.label_state}` as "labelled.none", { defaultValue: detail.label_state }),
          })}
        </li>
        <li>{t("erase.tombstone")}</li>
      </ul>
      <Input
        value={reason}
        maxLength={500}
        placeholder={t("erase.reason")}
        aria-label={t("erase.reason")}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="tg-row">
        <Button
          danger
          type="primary"
          disabled={reason.trim().length < 3}
          loading={erase.isPending}
          onClick={() => erase.mutate({ item: detail.id, reason: reason.trim() })}
        >
          {t("erase.confirm")}
        </Button>
        <Button onClick={() => setOpen(false)}>{t("cancel")}</Button>
      </div>
      {erase.error && <ErrorNote error={erase.error} />}
    </section>
  );
}
