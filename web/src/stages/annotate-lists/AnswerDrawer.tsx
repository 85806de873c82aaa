import { Button, Checkbox, Drawer, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "../../api/schema";
import { formatDateTime, formatDuration } from "../../i18n/format";
import { localized } from "../../i18n/localized";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Mark, MarkedPicture } from "../../ui/MarkedPicture";
import { useVersion } from "../rules/queries";
import { useAnswer, useTaskActions } from "./queries";

type Detail = components["schemas"]["AnnotationDetail"];

interface Props {
  project: string;
  annotation: string;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}

/** One answer with all its versions: look at any, bring one back, delete, undelete. */
export function AnswerDrawer({ project, annotation, names, onClose }: Props) {
  const { t } = useTranslation("tasks");
  const found = useAnswer(project, annotation);
  return (
    <Drawer open onClose={onClose} size="min(820px, 100vw)" title={found.data?.item.name ?? t("loading")}>
      {found.isPending && <Spin description={t("loading")} />}
      {found.error && <ErrorNote error={found.error} onRetry={() => found.refetch()} />}
      {found.data && <Body project={project} detail={found.data} names={names} />}
    </Drawer>
  );
}

function Body({ project, detail, names }: { project: string; detail: Detail; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("tasks");
  const [number, setNumber] = useState(detail.revision);
  const [reopen, setReopen] = useState(true);
  const { remove, restore } = useTaskActions(project);
  const shown = detail.revisions.find((one) => one.number === number) ?? detail.revisions.at(-1);
  const rules = useVersion(project, shown?.rule_version_id ?? null);
  const classes = new Map((rules.data?.label_set ?? []).map((entry) => [entry.key, entry]));
  const marks: Mark[] = (shown?.labels ?? []).flatMap((label, place) => {
    if (label.kind !== "box") return [];
    const entry = classes.get(String(label.label));
    const rect = { x: Number(label.x), y: Number(label.y), width: Number(label.width), height: Number(label.height) };
    return [
      {
        ...rect,
        id: String(place),
        color: entry?.color ?? "#ffb000",
        text: localized(entry?.name, String(label.label)),
      },
    ];
  });
  const deleted = detail.state === "deleted";
  return (
    <div className="tg-stack">
      {detail.item.image_url && (
        <MarkedPicture
          src={detail.item.image_url}
          width={detail.item.width}
          height={detail.item.height}
          alt={detail.item.name}
          marks={marks}
        />
      )}
      <div className="tg-row">
        <span className="tg-pill tg-pill-working" style={{ alignSelf: "center" }}>
          {t(`answer.${detail.state}`)}
        </span>
        {shown?.nothing && <span>{t("nothingHere")}</span>}
        {deleted ? (
          <Button type="primary" loading={restore.isPending} onClick={() => restore.mutate({ annotation: detail.id })}>
            {t("restore")}
          </Button>
        ) : (
          <>
            <Button danger loading={remove.isPending} onClick={() => remove.mutate({ annotation: detail.id, reopen })}>
              {t("delete", { count: detail.label_count })}
            </Button>
            <Checkbox checked={reopen} onChange={(event) => setReopen(event.target.checked)}>
              {t("reopenTask")}
            </Checkbox>
          </>
        )}
      </div>
      {(remove.error ?? restore.error) && <ErrorNote error={remove.error ?? restore.error} />}
      <h2 style={{ margin: 0 }}>{t("history")}</h2>
      <ul className="tg-list">
        {[...detail.revisions].reverse().map((one) => (
          <li key={one.id} className="tg-row">
            <strong>{t("revision", { number: one.number })}</strong>
            <span>{t(`reason.${one.reason}`)}</span>
            <span className="tg-muted">
              {one.author_id ? (names.get(one.author_id) ?? "") : t("imported")} · {formatDateTime(one.created_at)} ·{" "}
              {formatDuration(one.seconds)} · {t("labels", { count: one.labels.length })}
            </span>
            <Button
              size="small"
              type="link"
              disabled={one.number === shown?.number}
              onClick={() => setNumber(one.number)}
            >
              {t("look")}
            </Button>
            {one.number !== detail.revision && !deleted && (
              <Button
                size="small"
                loading={restore.isPending}
                onClick={() => restore.mutate({ annotation: detail.id, revision: one.number, base: detail.revision })}
              >
                {t("bringBack")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
