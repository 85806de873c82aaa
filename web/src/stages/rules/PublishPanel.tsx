import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "../../api/schema";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { ChangeList } from "./ChangeList";
import { useImpact, useRuleActions } from "./queries";

type Touched = components["schemas"]["Touched"];
const PARTS: readonly (keyof Touched)[] = [
  "annotations",
  "tasks",
  "gold",
  "exams",
  "people",
  "clarifications",
  "examples",
];

interface Props {
  project: string;
  saved: number;
  names: ReadonlyMap<string, string>;
  flush: () => Promise<boolean>;
  onPublished: () => void;
}

/** What publishing would touch, said before it is done; then the note to everybody. */
export function PublishPanel({ project, saved, names, flush, onPublished }: Props) {
  const { t } = useTranslation("rules");
  const impact = useImpact(project, saved);
  const { publish } = useRuleActions(project);
  const [note, setNote] = useState("");
  const go = async () => {
    if (await flush()) publish.mutate(note, { onSuccess: onPublished });
  };
  const found = impact.data;
  const touched = found ? PARTS.filter((part) => found.touched[part] > 0) : [];
  const same = found?.changes.length === 0;
  return (
    <section className="tg-card tg-stack">
      <div className="tg-row">
        <h2 style={{ margin: 0 }}>{t("publish.title", { version: found?.next ? `v${found.next}` : "" })}</h2>
        {found && !same && (
          <span
            className={`tg-pill ${found.major ? "tg-pill-reclosed" : "tg-pill-closed"}`}
            style={{ alignSelf: "center" }}
          >
            {t(found.major ? "publish.major" : "publish.minor")}
          </span>
        )}
      </div>
      {impact.error && <ErrorNote error={impact.error} />}
      {found && (
        <p style={{ margin: 0 }} data-testid="impact">
          {same
            ? t("publish.same")
            : touched.length
              ? t("publish.touches", {
                  list: touched
                    .map((part) =>
                      t(`touched.${part}`, { count: found.touched[part], number: formatNumber(found.touched[part]) }),
                    )
                    .join(t("publish.comma")),
                })
              : t("publish.touchesNothing")}
          {found.major && found.touched.people > 0 && ` ${t("publish.again")}`}
        </p>
      )}
      {found && found.changes.length > 0 && (
        <details>
          <summary>{t("publish.changes", { count: found.changes.length })}</summary>
          <ChangeList changes={found.changes} names={names} />
        </details>
      )}
      <div className="tg-row">
        <Input
          value={note}
          maxLength={4000}
          style={{ flex: 1, minWidth: 220 }}
          placeholder={t("publish.note")}
          aria-label={t("publish.note")}
          onChange={(event) => setNote(event.target.value)}
        />
        <Button type="primary" disabled={same === true} loading={publish.isPending} onClick={() => void go()}>
          {t("publish.do", { version: found?.next ? `v${found.next}` : "" })}
        </Button>
      </div>
      {publish.error && <ErrorNote error={publish.error} />}
    </section>
  );
}
