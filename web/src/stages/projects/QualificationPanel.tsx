import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../../api/client";
import type { components } from "../../api/schema";
import { formatDateTime } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";

type Row = components["schemas"]["QualificationView"];

/** Who may work under the current rules, why not, and (for trainers) letting somebody work without the exam. */
export function QualificationPanel({ project, canGrant }: { project: string; canGrant: boolean }) {
  const { t } = useTranslation("projects");
  const client = useQueryClient();
  const path = { project_id: project };
  const [reason, setReason] = useState("");
  const list = useQuery({
    queryKey: ["academy", "qualifications", project],
    queryFn: () => ok(api.GET("/api/v1/projects/{project_id}/qualifications", { params: { path } })),
  });
  const grant = useMutation({
    mutationFn: (person: string) =>
      ok(
        api.POST("/api/v1/projects/{project_id}/qualifications/grant", {
          params: { path },
          body: { person_id: person, reason },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["academy"] }),
  });
  if (!list.data) return list.error ? <ErrorNote error={list.error} /> : null;
  const { qualified, people, rule_major: major, items } = list.data;
  return (
    <section style={{ marginTop: 20 }}>
      <h2>{t("qualification.title")}</h2>
      <p className="tg-muted">
        {major === null ? t("qualification.none") : t("qualification.figure", { qualified, people, major })}
      </p>
      {canGrant && items.some((row) => row.state !== "open") && (
        <Input
          value={reason}
          maxLength={500}
          style={{ maxWidth: 360 }}
          placeholder={t("qualification.reason")}
          aria-label={t("qualification.reason")}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      {grant.error && <ErrorNote error={grant.error} />}
      <Table<Row>
        size="small"
        rowKey="person_id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={items}
        columns={[
          { title: t("members.title"), dataIndex: "name" },
          {
            key: "state",
            render: (_, row) => <Tag>{t(`qualification.state.${row.state}`)}</Tag>,
          },
          { key: "at", render: (_, row) => (row.since ? formatDateTime(row.since) : "") },
          {
            key: "grant",
            render: (_, row) =>
              canGrant && row.state !== "open" ? (
                <Button size="small" disabled={!reason.trim()} onClick={() => grant.mutate(row.person_id)}>
                  {t("qualification.grant")}
                </Button>
              ) : null,
          },
        ]}
      />
    </section>
  );
}
