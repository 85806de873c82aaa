import { Button, Select, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyText } from "../../ui/CopyText";
import { ErrorNote } from "../../ui/ErrorNote";
import { InviteForm } from "./InviteForm";
import { PersonActions } from "./PersonActions";
import { type Person, useInvitations, useOrganization, usePeople, usePeopleActions } from "./queries";

/** The owner's page: people, levels, invitations. */
export default function OrgPage() {
  const { t } = useTranslation("people");
  const { t: shell } = useTranslation("shell");
  const organization = useOrganization();
  const people = usePeople();
  const invitations = useInvitations();
  const { revokeInvitation, changeOrganization } = usePeopleActions();
  const [link, setLink] = useState<string | null>(null);

  const columns = [
    {
      title: t("org.person"),
      key: "name",
      render: (_: unknown, person: Person) => (
        <>
          {person.name} <span className="tg-muted">{person.email}</span>
        </>
      ),
    },
    {
      title: t("org.level"),
      key: "level",
      render: (_: unknown, person: Person) => shell(`level.${person.level}` as "level.1"),
    },
    {
      title: t("org.role"),
      key: "role",
      render: (_: unknown, person: Person) => t(person.org_role === "owner" ? "org.owner" : "org.member"),
    },
    {
      title: t("org.state"),
      key: "state",
      render: (_: unknown, person: Person) => (
        <Tag color={person.active ? "green" : "default"}>{t(person.active ? "org.active" : "org.inactive")}</Tag>
      ),
    },
    {
      key: "actions",
      render: (_: unknown, person: Person) => <PersonActions person={person} onLink={setLink} />,
    },
  ];

  return (
    <div className="tg-page">
      <h1>{t("org.title")}</h1>
      {organization.data && (
        <p className="tg-row tg-muted">
          {organization.data.name} · {t("org.timeZone")}
          <Select
            size="small"
            showSearch
            value={organization.data.time_zone}
            style={{ width: 200 }}
            options={Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }))}
            onChange={(zone) => changeOrganization.mutate({ time_zone: zone })}
          />
        </p>
      )}
      {people.error && <ErrorNote error={people.error} />}
      {link && <CopyText text={link} label={t("org.linkOnce")} />}
      <Table
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={people.data ?? []}
        loading={people.isPending}
        pagination={false}
        scroll={{ x: "max-content" }}
      />
      <h2 style={{ marginTop: 20 }}>{t("org.invite")}</h2>
      <InviteForm onLink={setLink} />
      {invitations.data?.some((one) => !one.used_at) && (
        <>
          <h2 style={{ marginTop: 20 }}>{t("org.open")}</h2>
          <ul>
            {invitations.data
              .filter((one) => !one.used_at)
              .map((one) => (
                <li key={one.id}>
                  {one.name} <span className="tg-muted">{one.email}</span>{" "}
                  <Button size="small" type="link" onClick={() => revokeInvitation.mutate(one.id)}>
                    {t("org.revoke")}
                  </Button>
                </li>
              ))}
          </ul>
        </>
      )}
    </div>
  );
}
