import { Input, type InputRef, Modal } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { hasRole, type Me, type Role } from "../api/me";
import { PLACES } from "./places";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Target {
  key: string;
  label: string;
  path: string;
}

/** Everything that a person may open, by name. Ctrl K or ⌘ K. */
export function CommandPalette({ me, open, onOpen }: { me: Me; open: boolean; onOpen: (open: boolean) => void }) {
  const { t } = useTranslation("shell");
  const { project } = useParams();
  const navigate = useNavigate();
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const input = useRef<InputRef>(null);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onOpen(true);
      }
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onOpen]);

  const targets = useMemo(() => {
    const found: Target[] = [{ key: "home", label: t("projects"), path: "/" }];
    if (me.org_role === "owner") found.push({ key: "org", label: t("org"), path: "/org" });
    found.push({ key: "me", label: t("account"), path: "/me" });
    const own = me.projects.filter((one) => one.id === project);
    for (const one of [...own, ...me.projects.filter((other) => other.id !== project)]) {
      const roles = new Set(one.roles as Role[]);
      for (const place of PLACES.filter((candidate) => hasRole(roles, ...candidate.roles))) {
        found.push({
          key: `${one.id}${place.path}`,
          label: `${one.name} › ${t(`place.${place.id}` as "place.map")}`,
          path: `/projects/${one.id}${place.path}`,
        });
      }
    }
    const id = words.trim().toLowerCase();
    if (project && UUID.test(id)) {
      return [{ key: id, label: t("annotation", { id }), path: `/projects/${project}/annotations/${id}` }];
    }
    const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
    return found.filter((target) => wanted.every((word) => target.label.toLowerCase().includes(word))).slice(0, 30);
  }, [me, project, words, t]);

  function go(target: Target | undefined) {
    if (!target) return;
    onOpen(false);
    setWords("");
    navigate(target.path);
  }

  return (
    <Modal
      open={open}
      onCancel={() => onOpen(false)}
      footer={null}
      closable={false}
      title={null}
      afterOpenChange={(now) => now && input.current?.focus()}
      styles={{ body: { padding: 0 } }}
    >
      <Input
        ref={input}
        value={words}
        placeholder={t("searchHint")}
        aria-label={t("search")}
        onChange={(event) => {
          setWords(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setChosen((now) => Math.min(now + 1, targets.length - 1));
          else if (event.key === "ArrowUp") setChosen((now) => Math.max(now - 1, 0));
          else if (event.key === "Enter") go(targets[chosen]);
          else return;
          event.preventDefault();
        }}
      />
      <div className="tg-palette" role="listbox" aria-label={t("search")}>
        {targets.map((target, index) => (
          <button
            type="button"
            key={target.key}
            role="option"
            aria-selected={index === chosen}
            className="tg-palette-row"
            onClick={() => go(target)}
            onMouseEnter={() => setChosen(index)}
          >
            {target.label}
          </button>
        ))}
        {targets.length === 0 && <p className="tg-muted">{t("nothingFound")}</p>}
      </div>
    </Modal>
  );
}
