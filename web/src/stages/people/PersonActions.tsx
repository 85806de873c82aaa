import { Button, Input, Popover, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Person, usePeopleActions } from "./queries";

/** Level, password reset, deactivation of one person; a demotion or deactivation asks for its reason in place. */
export function PersonActions({ person, onLink }: { person: Person; onLink: (link: string) => void }) {
  const { t } = useTranslation("people");
  const { t: shell } = useTranslation("shell");
  const { changePerson, resetLink } = usePeopleActions();
  const [reason, setReason] = useState("");
  const [level, setLevel] = useState(person.level);

  const change = (body: { level?: number; active?: boolean }) =>
    changePerson.mutate({ id: person.id, body: { ...body, ...(reason ? { reason } : {}) } });

  const form = (
    <div style={{ width: 260, display: "grid", gap: 8 }}>
      <Select
        value={level}
        aria-label={t("org.level")}
        options={[1, 2, 3, 4, 5].map((one) => ({ value: one, label: shell(`level.${one}` as "level.1") }))}
        onChange={setLevel}
      />
      <Input
        value={reason}
        placeholder={t("org.reasonHint")}
        aria-label={t("org.reason")}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button disabled={level === person.level} onClick={() => change({ level })}>
        {t("org.level")} → {shell(`level.${level}` as "level.1")}
      </Button>
      {person.active ? (
        <>
          <span className="tg-muted">{t("org.deactivateFacts")}</span>
          <Button danger disabled={!reason} onClick={() => change({ active: false })}>
            {t("org.deactivate")}
          </Button>
        </>
      ) : (
        <Button onClick={() => change({ active: true })}>{t("org.activate")}</Button>
      )}
      {changePerson.error && <ErrorNote error={changePerson.error} />}
    </div>
  );
  return (
    <div className="tg-row">
      <Popover trigger="click" content={form}>
        <Button size="small">{t("org.level")}…</Button>
      </Popover>
      <Button size="small" onClick={() => resetLink.mutate(person.id, { onSuccess: (made) => onLink(made.link) })}>
        {t("org.reset")}
      </Button>
    </div>
  );
}
