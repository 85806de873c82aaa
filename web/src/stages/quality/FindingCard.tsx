import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { MarkedPicture, type Rect } from "../../ui/MarkedPicture";
import { useAttributeNames, useLabelNames } from "./labelset";
import type { Finding } from "./queries";
import "./quality.css";

interface Props {
  project: string;
  finding: Finding;
  /** Given where the reader may contest: the author. */
  onContest?: (text: string) => Promise<unknown>;
  /** Given where the reader may answer a contest: an inspector who did not make it. */
  onAnswer?: (withdraw: boolean, text: string) => Promise<unknown>;
}

const COLORS = { critical: "#ff5a52", major: "#ffb000", minor: "#5fb0ff" } as const;

function rect(region: Finding["region"]): Rect | null {
  if (!region) return null;
  const { x, y, width, height } = region as Record<string, unknown>;
  return { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
}

/** What was found, where in the picture, what was said about it, and what the reader may do. */
export function FindingCard({ project, finding, onContest, onAnswer }: Props) {
  const { t } = useTranslation("quality");
  const name = useLabelNames(project);
  const attribute = useAttributeNames(project);
  const region = rect(finding.region);
  const { item } = finding;
  const url = item?.image_url ?? item?.thumb_url;
  const title = [
    t(`type.${finding.type}`),
    finding.label && name(finding.label),
    finding.attribute && attribute(finding.label, finding.attribute),
  ]
    .filter(Boolean)
    .join(" · ");
  return (
    <article className="tg-finding" data-state={finding.state}>
      {url && item && (
        <MarkedPicture
          className="tg-finding-picture"
          src={url}
          width={item.width}
          height={item.height}
          alt={`${item.name}: ${title}`}
          region={around(region, item.width, item.height)}
          marks={region ? [{ ...region, id: finding.id, color: COLORS[finding.severity] }] : []}
        />
      )}
      <div className="tg-finding-text">
        <Link to={`/projects/${project}/annotations/${finding.annotation_id}`}>
          <strong>{title}</strong>
        </Link>
        <div className="tg-muted tg-small">
          {t(`severity.${finding.severity}`)} · {t(`findingState.${finding.state}`)} · {item?.name} ·{" "}
          {formatDateTime(finding.created_at)}
        </div>
        {finding.note && <p>{finding.note}</p>}
        {finding.contest && <p>{t("finding.contest", { text: finding.contest })}</p>}
        {finding.answer && <p>{t("finding.answer", { text: finding.answer })}</p>}
        {finding.state === "open" && onContest && (
          <Reply word={t("finding.doContest")} hint={t("finding.contestHint")} send={onContest} />
        )}
        {onAnswer && <Answer onAnswer={onAnswer} />}
      </div>
    </article>
  );
}

/** A finding on a small mark is shown with enough around it to see what it is. */
function around(region: Rect | null, width: number, height: number): Rect | null {
  if (!region) return null;
  const side = Math.min(Math.max(region.width, region.height, Math.min(width, height) / 2.5), Math.max(width, height));
  const x = region.x + region.width / 2 - side / 2;
  const y = region.y + region.height / 2 - side / 2;
  const left = Math.max(0, Math.min(x, width - side));
  const top = Math.max(0, Math.min(y, height - side));
  return { x: left, y: top, width: Math.min(side, width), height: Math.min(side, height) };
}

function Reply({ word, hint, send }: { word: string; hint: string; send: (text: string) => Promise<unknown> }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  if (!open) {
    return (
      <Button size="small" onClick={() => setOpen(true)}>
        {word}
      </Button>
    );
  }
  return (
    <div className="tg-reply">
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 2 }}
        maxLength={2000}
        value={text}
        placeholder={hint}
        aria-label={hint}
        onChange={(event) => setText(event.target.value)}
      />
      {error !== null && <ErrorNote error={error} />}
      <div className="tg-row">
        <Button
          type="primary"
          size="small"
          disabled={!text.trim()}
          onClick={() => send(text.trim()).then(() => setOpen(false), setError)}
        >
          {word}
        </Button>
        <Button size="small" onClick={() => setOpen(false)}>
          {t("cancel")}
        </Button>
      </div>
    </div>
  );
}

function Answer({ onAnswer }: { onAnswer: (withdraw: boolean, text: string) => Promise<unknown> }) {
  const { t } = useTranslation("quality");
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const send = (withdraw: boolean) => onAnswer(withdraw, text.trim()).catch(setError);
  return (
    <div className="tg-reply">
      <Input.TextArea
        autoSize={{ minRows: 1 }}
        maxLength={2000}
        value={text}
        placeholder={t("finding.answerHint")}
        aria-label={t("finding.answerHint")}
        onChange={(event) => setText(event.target.value)}
      />
      {error !== null && <ErrorNote error={error} />}
      <div className="tg-row">
        <Button size="small" onClick={() => send(false)}>
          {t("finding.confirm")}
        </Button>
        <Button size="small" onClick={() => send(true)}>
          {t("finding.withdraw")}
        </Button>
      </div>
    </div>
  );
}
