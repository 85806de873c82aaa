import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/errors";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { usePayActions, useRates } from "./queries";

interface RateProblem {
  where?: string;
  field?: string;
  message?: string;
}

/** The pay rules as TOML, with what is wrong in them line by line. */
export function RateCard({ project, editable }: { project: string; editable: boolean }) {
  const { t } = useTranslation("settle");
  const rates = useRates(project);
  const { setRates } = usePayActions(project);
  const [draft, setDraft] = useState<string | null>(null);
  if (!rates.data) return rates.error ? <ErrorNote error={rates.error} /> : null;
  const { toml, default: byDefault, created_at: at, without_rate: missing } = rates.data;
  const text = draft ?? toml;
  return (
    <section className="tg-card tg-pay-section">
      <h2>{t("pay.rates")}</h2>
      <p className="tg-muted">
        {t("pay.ratesHint")}{" "}
        {byDefault ? t("pay.ratesDefault") : at && t("pay.ratesChanged", { at: formatDateTime(at) })}
      </p>
      {missing.length > 0 && (
        <div className="tg-note tg-note-bad">{t("pay.without", { keys: missing.join(", ") })}</div>
      )}
      <Input.TextArea
        className="tg-rates"
        aria-label={t("pay.rates")}
        autoSize={{ minRows: 8, maxRows: 26 }}
        readOnly={!editable}
        value={text}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
      />
      <Broken error={setRates.error} />
      {editable && (
        <div className="tg-row" style={{ marginTop: 8 }}>
          <Button
            disabled={text === toml}
            loading={setRates.isPending}
            onClick={() => setRates.mutate(text, { onSuccess: () => setDraft(null) })}
          >
            {t("pay.save")}
          </Button>
          {setRates.isSuccess && draft === null && <span className="tg-muted">{t("pay.saved")}</span>}
        </div>
      )}
    </section>
  );
}

function Broken({ error }: { error: unknown }) {
  const { t } = useTranslation("settle");
  if (!error) return null;
  const problems = error instanceof ApiError ? error.params.problems : null;
  if (!Array.isArray(problems)) return <ErrorNote error={error} />;
  return (
    <div className="tg-note tg-note-bad" role="alert">
      {t("pay.broken")}
      <ul>
        {(problems as RateProblem[]).map((one) => (
          <li key={`${one.where}${one.field}${one.message}`}>
            <code>{[one.where, one.field].filter(Boolean).join(" · ")}</code> {one.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
