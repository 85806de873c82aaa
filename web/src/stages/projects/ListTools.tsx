import { Button, Checkbox, Input, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ErrorNote } from "../../ui/ErrorNote";
import { type ListName, type SavedView, shownColumns, useViewActions, useViews, viewQuery } from "./views";

interface Props {
  project: string;
  list: ListName;
  /** Keys of the page's address that narrow the list. */
  filters: readonly string[];
  /** Keys that stay when a view is opened, such as the tab. */
  stay?: readonly string[];
  columns: readonly { key: string; label: string }[];
  /** Address of the file of what is shown. */
  csv: string;
}

/** What every list offers: saved views, the choice of columns, and a file of what is shown. */
export function ListTools({ project, list, filters, stay = [], columns, csv }: Props) {
  const { t } = useTranslation("projects");
  const [search, setSearch] = useSearchParams();
  const all = columns.map((column) => column.key);
  const shown = shownColumns(search, all);
  const choose = (keys: readonly string[]) => {
    const next = new URLSearchParams(search);
    const ordered = all.filter((key) => keys.includes(key));
    if (ordered.length === 0 || ordered.length === all.length) next.delete("cols");
    else next.set("cols", ordered.join(","));
    setSearch(next, { replace: true });
  };
  const open = (view: SavedView) => {
    const next = new URLSearchParams(view.query);
    for (const key of stay) {
      const value = search.get(key);
      if (value) next.set(key, value);
    }
    setSearch(next);
  };
  return (
    <span className="tg-row tg-list-tools">
      <Views project={project} list={list} query={viewQuery(search, filters)} shown={[...shown]} onOpen={open} />
      <Popover
        trigger="click"
        placement="bottomRight"
        content={
          <Checkbox.Group
            className="tg-column-choice"
            value={[...shown]}
            onChange={(keys) => choose(keys.map(String))}
            options={columns.map((column) => ({ value: column.key, label: column.label }))}
          />
        }
      >
        <Button size="small">{t("list.columns")}</Button>
      </Popover>
      <Button size="small" href={csv} download>
        {t("list.csv")}
      </Button>
    </span>
  );
}

interface ViewsProps {
  project: string;
  list: ListName;
  query: string;
  shown: readonly string[];
  onOpen: (view: SavedView) => void;
}

function Views({ project, list, query, shown, onOpen }: ViewsProps) {
  const { t } = useTranslation("projects");
  const views = useViews(project, list);
  const { save, remove } = useViewActions(project, list);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const current = views.data?.find((view) => view.query === query);
  const keep = () =>
    save.mutate({ list, name: name.trim(), query, columns: [...shown], shared }, { onSuccess: () => setName("") });
  const content = (
    <div className="tg-views-menu">
      {views.data?.length === 0 && <p className="tg-muted">{t("list.noViews")}</p>}
      {views.data?.map((view) => (
        <div key={view.id} className="tg-row tg-between">
          <Button size="small" type={view === current ? "primary" : "text"} onClick={() => onOpen(view)}>
            {view.name}
          </Button>
          <span className="tg-row tg-muted">
            {view.mine ? view.shared && t("list.shared") : t("list.of", { name: view.person_name })}
            <Button
              size="small"
              type="text"
              aria-label={t("list.remove", { name: view.name })}
              onClick={() => remove.mutate(view.id)}
            >
              ×
            </Button>
          </span>
        </div>
      ))}
      <div className="tg-row">
        <Input
          size="small"
          value={name}
          maxLength={80}
          style={{ width: 150 }}
          placeholder={t("list.name")}
          aria-label={t("list.name")}
          onChange={(event) => setName(event.target.value)}
          onPressEnter={() => name.trim() && keep()}
        />
        <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
          {t("list.share")}
        </Checkbox>
        <Button size="small" disabled={!name.trim()} loading={save.isPending} onClick={keep}>
          {t("list.keep")}
        </Button>
      </div>
      {(views.error ?? save.error ?? remove.error) && <ErrorNote error={views.error ?? save.error ?? remove.error} />}
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content}>
      <Button size="small">{current ? current.name : t("list.views")}</Button>
    </Popover>
  );
}
