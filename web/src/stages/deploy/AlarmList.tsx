import { Button, Input, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, useMe, useRoles } from "../../api/me";
import { formatDateTime, formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { useMembers } from "../projects/queries";
import { type Alarm, type Deployment, useAlarms, useDeployActions } from "./queries";

/** Alarms with their figure and bound; owner, note, acknowledgement, and closing with a note. */
export function AlarmList({
  project,
  deployments,
  deployment,
}: {
  project: string;
  deployments: readonly Deployment[];
  deployment?: string;
}) {
  const { t } = useTranslation("line");
  const alarms = useAlarms(project, deployment);
  const members = useMembers(project);
  if (alarms.error) return <ErrorNote error={alarms.error} onRetry={() => alarms.refetch()} />;
  if (alarms.data?.length === 0) return <p className="tg-muted">{t("noAlarms")}</p>;
  return (
    <ul className="tg-list">
      {alarms.data?.map((alarm) => (
        <AlarmRow
          key={alarm.id}
          project={project}
          alarm={alarm}
          place={deployments.find((one) => one.id === alarm.deployment_id)?.name ?? ""}
          people={(members.data ?? [])
            .filter((one) => one.active)
            .map((one) => ({ value: one.person_id, label: one.name }))}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  project: string;
  alarm: Alarm;
  place: string;
  people: { value: string; label: string }[];
}

function AlarmRow({ project, alarm, place, people }: RowProps) {
  const { t } = useTranslation("line");
  const me = useMe();
  const roles = useRoles(project);
  const { changeAlarm } = useDeployActions(project);
  const [note, setNote] = useState(alarm.note);
  const open = alarm.closed_at === null;
  const acts = open && hasRole(roles, "manager", "trainer", "engineer");
  const change = (body: Parameters<typeof changeAlarm.mutate>[0]["body"]) =>
    changeAlarm.mutate({ alarm: alarm.id, body });
  return (
    <li>
      <div className="tg-row">
        <Tag color={open ? "red" : "default"}>{t(open ? "alarm.open" : "alarm.closed")}</Tag>
        <strong>{t(`alarm.kind.${alarm.kind}`)}</strong>
        <span>{place}</span>
        <span>
          {t("alarm.figure", {
            figure: alarm.figure === null ? "–" : formatNumber(alarm.figure, 3),
            bound: alarm.bound === null ? "–" : formatNumber(alarm.bound, 3),
          })}
        </span>
        {alarm.blocking && <Tag>{t("alarm.blocking")}</Tag>}
        <span className="tg-muted">
          {formatDateTime(alarm.created_at)}
          {alarm.closed_at && ` → ${formatDateTime(alarm.closed_at)}`}
        </span>
      </div>
      {alarm.acknowledged_at && (
        <div className="tg-muted">
          {t("alarm.seen", {
            who: people.find((one) => one.value === alarm.acknowledged_by)?.label ?? "",
            at: formatDateTime(alarm.acknowledged_at),
          })}
        </div>
      )}
      {!acts && alarm.note && <div>{alarm.note}</div>}
      {acts && (
        <div className="tg-row">
          <Select
            size="small"
            style={{ minWidth: 130 }}
            placeholder={t("alarm.owner")}
            aria-label={t("alarm.owner")}
            value={alarm.owner_id}
            options={people}
            onChange={(owner_id) => change({ owner_id, acknowledged: false, closed: false })}
          />
          <Input
            size="small"
            style={{ maxWidth: 320 }}
            placeholder={t("alarm.note")}
            aria-label={t("alarm.note")}
            maxLength={1000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          {!alarm.acknowledged_at && (
            <Button
              size="small"
              onClick={() =>
                change({
                  owner_id: alarm.owner_id ?? me.data?.person_id ?? null,
                  note,
                  acknowledged: true,
                  closed: false,
                })
              }
            >
              {t("alarm.acknowledge")}
            </Button>
          )}
          <Button
            size="small"
            disabled={!note.trim()}
            onClick={() => change({ note, acknowledged: true, closed: true })}
          >
            {t("alarm.close")}
          </Button>
        </div>
      )}
      {changeAlarm.error && <ErrorNote error={changeAlarm.error} />}
    </li>
  );
}
