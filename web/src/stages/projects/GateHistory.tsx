import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../../api/client";
import { formatDateTime } from "../../i18n/format";

/** The record that a gate leaves: when, in which state, why. */
export function GateHistory({ project }: { project: string }) {
  const { t } = useTranslation("projects");
  const [gate, setGate] = useState(1);
  const records = useQuery({
    queryKey: ["projects", project, "gate", gate],
    queryFn: () =>
      ok(
        api.GET("/api/v1/projects/{project_id}/gates/{gate}/records", {
          params: { path: { project_id: project, gate } },
        }),
      ),
  });
  return (
    <section className="tg-card">
      <h2>{t("history")}</h2>
      <Segmented
        value={gate}
        onChange={setGate}
        options={[1, 2, 3, 4, 5].map((one) => ({ value: one, label: t(`gate.${one}` as "gate.1") }))}
      />
      <ul className="tg-list">
        {(records.data ?? []).map((record) => (
          <li key={record.id}>
            <span className={`tg-pill tg-pill-${record.state}`}>{t(`state.${record.state}` as "state.open")}</span>{" "}
            {formatDateTime(record.created_at)} {record.reason}
          </li>
        ))}
      </ul>
    </section>
  );
}
