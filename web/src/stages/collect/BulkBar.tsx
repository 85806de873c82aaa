import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Item, useDataActions } from "./queries";

const FIELDS = ["licence", "consent", "group_key"] as const;
type Field = (typeof FIELDS)[number];

interface Props {
  project: string;
  chosen: readonly Item[];
  onClear: () => void;
}

/** Changes many items at once; the last change can be undone. */
export function BulkBar({ project, chosen, onClear }: Props) {
  const { t } = useTranslation("collect");
  const { change } = useDataActions(project);
  const [field, setField] = useState<Field>("licence");
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  const [undo, setUndo] = useState<(() => Promise<void>) | null>(null);
  const ids = chosen.map((item) => item.id);

  const apply = async () => {
    const before = new Map<string, Item[]>();
    for (const item of chosen) before.set(item[field] ?? "", [...(before.get(item[field] ?? "") ?? []), item]);
    await change.mutateAsync({ ids, [field]: value, reason: "" });
    setUndo(() => async () => {
      for (const [old, items] of before) {
        await change.mutateAsync({ ids: items.map((item) => item.id), [field]: old, reason: "" });
      }
      setUndo(null);
    });
  };
  const refuse = async (state: "ok" | "refused") => {
    const touched = chosen
      .filter((item) => item.state === (state === "refused" ? "ok" : "refused"))
      .map((item) => item.id);
    await change.mutateAsync({ ids: touched, state, reason });
    const back = state === "refused" ? "ok" : "refused";
    setUndo(() => async () => {
      await change.mutateAsync({ ids: touched, state: back, reason: "" });
      setUndo(null);
    });
  };
  const usable = chosen.filter((item) => item.state === "ok").length;
  const refused = chosen.filter((item) => item.state === "refused").length;
  // A failure is shown below; nothing waits for these promises.
  const run = (work: Promise<void>) => void work.catch(() => undefined);
  return (
    <section className="tg-note tg-row" style={{ marginBottom: 10 }}>
      <strong>{t("bulk.chosen", { count: chosen.length })}</strong>
      <Select
        size="small"
        value={field}
        style={{ minWidth: 100 }}
        aria-label={t("bulk.field")}
        onChange={setField}
        options={FIELDS.map((one) => ({ value: one, label: t(`field.${one}`) }))}
      />
      <Input
        size="small"
        value={value}
        maxLength={500}
        style={{ width: 180 }}
        aria-label={t(`field.${field}`)}
        placeholder={field === "group_key" ? t("bulk.emptyGroup") : ""}
        onChange={(event) => setValue(event.target.value)}
      />
      <Button size="small" loading={change.isPending} onClick={() => run(apply())}>
        {t("bulk.set")}
      </Button>
      <Input
        size="small"
        value={reason}
        maxLength={500}
        style={{ width: 160 }}
        placeholder={t("bulk.reason")}
        aria-label={t("bulk.reason")}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button size="small" disabled={usable === 0} onClick={() => run(refuse("refused"))}>
        {t("bulk.refuse", { count: usable })}
      </Button>
      {refused > 0 && (
        <Button size="small" onClick={() => run(refuse("ok"))}>
          {t("bulk.take", { count: refused })}
        </Button>
      )}
      {undo && (
        <Button size="small" type="link" onClick={() => run(undo())}>
          {t("undo")}
        </Button>
      )}
      <Button size="small" type="text" onClick={onClear}>
        {t("bulk.clear")}
      </Button>
      {change.error && <ErrorNote error={change.error} />}
    </section>
  );
}
