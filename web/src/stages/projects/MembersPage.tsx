import { Button, Select, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, useMe, useRoles } from "../../api/me";
import { CopyText } from "../../ui/CopyText";
import { ErrorNote } from "../../ui/ErrorNote";
import { InviteForm, ROLE_NAMES } from "../people/InviteForm";
import { usePeople } from "../people/queries";
import { QualificationPanel } from "./QualificationPanel";
import { useMembers, useProjectActions, useProjectId } from "./queries";
import "./projects.css";

type Member = NonNullable<ReturnType<typeof useMembers>["data"]>[number];

/** Who works in this project, in which roles, and who may not work yet. */
export default function MembersPage() {
  const { t } = useTranslation("projects");
  const { t: shell } = useTranslation("shell");
  const project = useProjectId();
  const { t: people } = useTranslation("people");
  const roles = useRoles(project);
  const me = useMe();
  const members = useMembers(project);
  const { setMember } = useProjectActions(project);
  const [link, setLink] = useState<string | null>(null);
  const manages = hasRole(roles, "manager");
  const owner = me.data?.org_role === "owner";

  return (
    <div className="tg-page">
      <h1>{t("members.title")}</h1>
      {members.error && <ErrorNote error={members.error} />}
      {setMember.error && <ErrorNote error={setMember.error} />}
      <Table<Member>
        size="small"
        rowKey="person_id"
        pagination={false}
        scroll={{ x: "max-content" }}
        loading={members.isPending}
        dataSource={members.data ?? []}
        columns={[
          {
            title: t("members.title"),
            key: "name",
            render: (_, row) => (
              <>
                {row.name} <span className="tg-muted">{row.email}</span>
              </>
            ),
          },
          { key: "level", render: (_, row) => <Tag>{shell(`level.${row.level}` as "level.1")}</Tag> },
          {
            title: t("members.roles"),
            key: "roles",
            render: (_, row) =>
              manages ? (
                <Select
                  mode="multiple"
                  aria-label={`${row.name} ${t("members.roles")}`}
                  value={row.roles as (typeof ROLE_NAMES)[number][]}
                  style={{ minWidth: 240 }}
                  options={ROLE_NAMES.map((role) => ({ value: role, label: shell(`role.${role}`) }))}
                  onChange={(wanted) => setMember.mutate({ person_id: row.person_id, roles: wanted })}
                />
              ) : (
                row.roles.map((role) => <Tag key={role}>{shell(`role.${role}` as "role.owner")}</Tag>)
              ),
          },
        ]}
      />
      {owner && (
        <>
          <AddMember project={project} taken={(members.data ?? []).map((row) => row.person_id)} />
          {link && <CopyText text={link} label={people("org.linkOnce")} />}
          <InviteForm onLink={setLink} />
        </>
      )}
      <QualificationPanel project={project} canGrant={hasRole(roles, "trainer")} />
    </div>
  );
}

function AddMember({ project, taken }: { project: string; taken: readonly string[] }) {
  const { t } = useTranslation("projects");
  const { t: shell } = useTranslation("shell");
  const people = usePeople();
  const { setMember } = useProjectActions(project);
  const [person, setPerson] = useState<string | null>(null);
  const [wanted, setWanted] = useState<(typeof ROLE_NAMES)[number][]>(["annotator"]);
  const free = (people.data ?? []).filter((one) => one.active && !taken.includes(one.id));
  return (
    <div className="tg-row" style={{ margin: "12px 0" }}>
      <Select
        showSearch
        value={person}
        placeholder={t("members.add")}
        aria-label={t("members.add")}
        style={{ width: 240 }}
        optionFilterProp="label"
        options={free.map((one) => ({ value: one.id, label: `${one.name} ${one.email}` }))}
        onChange={setPerson}
      />
      <Select
        mode="multiple"
        value={wanted}
        aria-label={t("members.roles")}
        style={{ minWidth: 160 }}
        options={ROLE_NAMES.map((role) => ({ value: role, label: shell(`role.${role}`) }))}
        onChange={setWanted}
      />
      <Button
        type="primary"
        disabled={!person || wanted.length === 0}
        onClick={() =>
          person && setMember.mutate({ person_id: person, roles: wanted }, { onSuccess: () => setPerson(null) })
        }
      >
        {t("members.add")}
      </Button>
    </div>
  );
}
