import { useTranslation } from "react-i18next";
import { NavLink, useParams } from "react-router";
import { hasRole, type Me, useRoles } from "../api/me";
import { PLACES } from "./places";

/** The places of a project that this person may use; outside of a project, the organization's. */
export function Rail({ me, onChoose }: { me: Me; onChoose?: () => void }) {
  const { t } = useTranslation("shell");
  const { project } = useParams();
  const roles = useRoles(project);
  if (!project) {
    return (
      <>
        <RailLink to="/" label={t("projects")} {...(onChoose ? { onChoose } : {})} />
        {me.org_role === "owner" && <RailLink to="/org" label={t("org")} {...(onChoose ? { onChoose } : {})} />}
        {me.org_role === "owner" && (
          <RailLink to="/org/connections" label={t("place.connections")} {...(onChoose ? { onChoose } : {})} />
        )}
        {me.org_role === "owner" && <RailLink to="/org/audit" label={t("audit")} {...(onChoose ? { onChoose } : {})} />}
        <RailLink to="/me" label={t("account")} {...(onChoose ? { onChoose } : {})} />
      </>
    );
  }
  const mine = PLACES.filter((place) => hasRole(roles, ...place.roles));
  return (["work", "model", "project"] as const).map((group) => {
    const places = mine.filter((place) => place.group === group);
    if (places.length === 0) return null;
    return (
      <div key={group} className="tg-rail-group">
        <div className="tg-rail-title">{t(`group.${group}`)}</div>
        {places.map((place) => (
          <RailLink
            key={place.id}
            to={`/projects/${project}${place.path}`}
            label={t(`place.${place.id}` as "place.map")}
            {...(onChoose ? { onChoose } : {})}
          />
        ))}
      </div>
    );
  });
}

function RailLink({ to, label, onChoose }: { to: string; label: string; onChoose?: () => void }) {
  return (
    <NavLink to={to} end className="tg-rail-link" {...(onChoose ? { onClick: onChoose } : {})}>
      {label}
    </NavLink>
  );
}
