import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime, formatPercent } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type PersonRow, type Quality, useQualityActions } from "./queries";

interface Props {
  project: string;
  flags: Quality["flags"];
  people: PersonRow[];
  lead: boolean;
}

/** People whose work lies below the project's line; cleared with a reason. */
export function Flags({ project, flags, people, lead }: Props) {
  const { t } = useTranslation("quality");
  if (flags.length === 0) return null;
  const name = (id: string) => people.find((one) => one.person_id === id)?.name ?? id;
  return (
    <section className="tg-section tg-card">
      <h2>{t("page.flags")}</h2>
      <ul className="tg-list">
        {flags.map((flag) => (
          <li key={flag.person_id}>
            <strong>⚑ {name(flag.person_id)}</strong> {flag.stopped && t("page.stopped")}
            <div className="tg-muted">
              {t("page.flagHint", {
                answers: flag.answers,
                right: flag.right,
                low: formatPercent(flag.low),
                high: formatPercent(flag.high),
              })}{" "}
              · {formatDateTime(flag.raised_at)}
            </div>
            {lead && <Clear project={project} person={flag.person_id} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Clear({ project, person }: { project: string; person: string }) {
  const { t } = useTranslation("quality");
  const { clearFlag } = useQualityActions(project);
  const [note, setNote] = useState("");
  return (
    <div className="tg-row">
      <Input
        size="small"
        value={note}
        maxLength={2000}
        style={{ maxWidth: 320 }}
        placeholder={t("page.clearReason")}
        aria-label={t("page.clearReason")}
        onChange={(event) => setNote(event.target.value)}
      />
      <Button size="small" disabled={!note.trim()} onClick={() => clearFlag.mutate({ person, note: note.trim() })}>
        {t("page.clear")}
      </Button>
      {clearFlag.error && <ErrorNote error={clearFlag.error} />}
    </div>
  );
}
