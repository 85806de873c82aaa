import { Button, Progress } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatBytes, formatNumber } from "../../i18n/format";
import { errorText } from "../../ui/useErrorText";
import type { UploadEntry, UploadQueue } from "./upload";

const SHOWN = 40;
const RANK: Record<UploadEntry["state"], number> = {
  failed: 0,
  retrying: 1,
  missing: 2,
  sending: 3,
  waiting: 4,
  stored: 5,
};

interface Props {
  queue: UploadQueue;
  entries: readonly UploadEntry[];
  /** One CSV or text file of addresses instead of pictures. */
  list: boolean;
}

/** Files chosen in the browser and how far they are; survives a cut network and a reload. */
export function UploadPanel({ queue, entries, list }: Props) {
  const { t } = useTranslation("collect");
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  const received = entries.reduce((sum, entry) => sum + entry.received, 0);
  const stored = entries.filter((entry) => entry.state === "stored").length;
  const missing = entries.filter((entry) => entry.state === "missing").length;
  const failed = entries.filter((entry) => entry.state === "failed").length;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    queue.add(event.dataTransfer.files);
  };
  return (
    <section
      className={`tg-drop ${over ? "tg-drop-over" : ""}`}
      aria-label={t("upload.title")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={files}
        type="file"
        multiple={!list}
        style={{ display: "none" }}
        tabIndex={-1}
        aria-hidden="true"
        data-testid="files"
        accept={list ? ".csv,.txt" : undefined}
        onChange={(event) => {
          queue.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <input
        ref={folder}
        type="file"
        multiple
        style={{ display: "none" }}
        tabIndex={-1}
        aria-hidden="true"
        {...{ webkitdirectory: "" }}
        onChange={(event) => {
          queue.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <div className="tg-row">
        <Button onClick={() => files.current?.click()}>{t(list ? "upload.chooseList" : "upload.files")}</Button>
        {!list && <Button onClick={() => folder.current?.click()}>{t("upload.folder")}</Button>}
        <span className="tg-muted">{t("upload.drop")}</span>
      </div>
      {entries.length > 0 && (
        <>
          <Progress percent={size ? Math.floor((100 * received) / size) : stored === entries.length ? 100 : 0} />
          <div className="tg-row">
            <span>
              {t("upload.figure", {
                stored: formatNumber(stored),
                files: formatNumber(entries.length),
                received: formatBytes(received),
                size: formatBytes(size),
              })}
            </span>
            {failed > 0 && (
              <Button size="small" onClick={() => queue.retry()}>
                {t("upload.retry", { count: failed })}
              </Button>
            )}
            <Button size="small" type="text" onClick={() => queue.forget(entries.map((entry) => entry.key))}>
              {t("upload.clear")}
            </Button>
          </div>
          {missing > 0 && <div className="tg-note">{t("upload.again", { count: missing })}</div>}
          <ul className="tg-list tg-uploads">
            {[...entries]
              .sort((a, b) => RANK[a.state] - RANK[b.state])
              .slice(0, SHOWN)
              .map((entry) => (
                <li key={entry.key}>
                  <span className="tg-cut">{entry.name}</span>
                  <span className="tg-muted">
                    {formatBytes(entry.received)} / {formatBytes(entry.size)}
                  </span>
                  <span className={`tg-up-${entry.state}`}>{t(`upload.state.${entry.state}`)}</span>
                  {entry.error !== null && entry.state === "failed" && (
                    <span className="tg-warn">{errorText(entry.error).text}</span>
                  )}
                </li>
              ))}
          </ul>
          {entries.length > SHOWN && (
            <div className="tg-muted">{t("upload.more", { count: entries.length - SHOWN })}</div>
          )}
        </>
      )}
    </section>
  );
}
