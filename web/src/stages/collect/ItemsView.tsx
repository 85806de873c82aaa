import { useVirtualizer } from "@tanstack/react-virtual";
import { Checkbox, Grid, Input, Select } from "antd";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { ListTools } from "../projects/ListTools";
import { shownColumns, viewQuery } from "../projects/views";
import { BulkBar } from "./BulkBar";
import { ItemDrawer } from "./ItemDrawer";
import { gridOf, ITEM_COLUMNS, ItemRow } from "./ItemRow";
import { type Batch, type Item, type ItemFilter, useItems } from "./queries";

const STATES: readonly Item["state"][] = ["ok", "refused", "unread", "erased"];
const CHECKS = [
  "unreadable",
  "truncated",
  "wrong_type",
  "duplicate",
  "near_duplicate",
  "blank",
  "dark",
  "blurred",
  "size_outlier",
  "label_outside",
  "zero_area",
  "split_group",
];
const LABELS = ["none", "submitted", "accepted", "rejected"] as const;
const ROW = 52;
const FILTERS = ["state", "check", "batch", "q", "label_state"] as const;

/** All items: narrowed by the page's address, scrolled without pages, changed in bulk. */
export function ItemsView(props: { project: string; lead: boolean; batches: readonly Batch[] }) {
  const { project, lead, batches } = props;
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const [search, setSearch] = useSearchParams();
  const wide = Grid.useBreakpoint().md ?? true;
  const filter = useMemo(() => readFilter(search), [search]);
  const [name, setName] = useState(filter.q ?? "");
  const asked = shownColumns(search, ITEM_COLUMNS);
  const columns = wide ? ITEM_COLUMNS.filter((one) => asked.has(one)) : ITEM_COLUMNS.slice(0, 1);
  const grid = gridOf(columns, wide);
  const items = useItems(project, filter);
  const rows = useMemo(() => items.data?.pages.flatMap((page) => page.items) ?? [], [items.data]);
  const total = items.data?.pages[0]?.total;
  const [chosen, setChosen] = useState<ReadonlyMap<string, Item>>(new Map());
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });

  const set = (values: Record<string, string | null | undefined>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(values)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    setSearch(next, { replace: true });
  };
  const open = search.get("item");
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = items;
  useEffect(() => {
    if (last >= rows.length - 30 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const toggle = (item: Item) => {
    const next = new Map(chosen);
    if (!next.delete(item.id)) next.set(item.id, item);
    setChosen(next);
  };
  const keys = (event: KeyboardEvent) => {
    const row = rows[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = Math.min(rows.length - 1, Math.max(0, active + (event.key === "ArrowDown" ? 1 : -1)));
      setActive(next);
      list.scrollToIndex(next);
    } else if (event.key === "Enter" && row) set({ item: row.id });
    else if (event.key === " " && row && lead) {
      event.preventDefault();
      toggle(row);
    }
  };
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.id));
  return (
    <>
      <div className="tg-row" style={{ marginBottom: 10 }}>
        <Input.Search
          value={name}
          allowClear
          placeholder={t("filter.name")}
          aria-label={t("filter.name")}
          style={{ width: 210 }}
          onChange={(event) => setName(event.target.value)}
          onSearch={(value) => set({ q: value })}
        />
        <Select
          value={filter.state ?? ""}
          style={{ minWidth: 120 }}
          aria-label={t("filter.state")}
          onChange={(state) => set({ state })}
          options={[
            { value: "", label: t("filter.anyState") },
            ...STATES.map((one) => ({ value: one, label: t(`state.${one}`) })),
          ]}
        />
        <Select
          value={filter.check ?? ""}
          style={{ minWidth: 140 }}
          aria-label={t("filter.check")}
          onChange={(check) => set({ check })}
          options={[
            { value: "", label: t("filter.anyCheck") },
            ...CHECKS.map((one) => ({ value: one, label: tp(`check.${one}` as "check.dark") })),
          ]}
        />
        <Select
          value={filter.batch ?? ""}
          style={{ minWidth: 150, maxWidth: 260 }}
          aria-label={t("filter.batch")}
          onChange={(batch) => set({ batch })}
          options={[
            { value: "", label: t("filter.anyBatch") },
            ...batches.map((one) => ({ value: one.id, label: one.name })),
          ]}
        />
        <Select
          value={filter.label_state ?? ""}
          style={{ minWidth: 130 }}
          aria-label={t("filter.labels")}
          onChange={(value) => set({ label_state: value })}
          options={[
            { value: "", label: t("filter.anyLabels") },
            ...LABELS.map((one) => ({ value: one, label: t(`labelled.${one}`) })),
          ]}
        />
        {total && (
          <span className="tg-muted">
            {t("filter.found", { number: formatNumber(total.count) + (total.more ? "+" : "") })}
          </span>
        )}
        <ListTools
          project={project}
          list="items"
          filters={FILTERS}
          columns={ITEM_COLUMNS.map((key) => ({ key, label: t(`column.${key}`) }))}
          csv={csvOf(project, search, columns)}
        />
      </div>
      {items.error && <ErrorNote error={items.error} onRetry={() => items.refetch()} />}
      {lead && chosen.size > 0 && (
        <BulkBar project={project} chosen={[...chosen.values()]} onClear={() => setChosen(new Map())} />
      )}
      <div className="tg-grid tg-card">
        <div className="tg-item tg-item-head" style={grid}>
          {lead ? (
            <Checkbox
              checked={all}
              indeterminate={chosen.size > 0 && !all}
              aria-label={t("bulk.all")}
              onChange={() => setChosen(all ? new Map() : new Map(rows.map((row) => [row.id, row])))}
            />
          ) : (
            <span />
          )}
          <span />
          <span>{t("column.name")}</span>
          {columns.map((one) => (
            <span key={one}>{t(`column.${one}`)}</span>
          ))}
        </div>
        <div
          ref={scroller}
          className="tg-scroll"
          role="listbox"
          tabIndex={0}
          aria-label={t("view.items")}
          onKeyDown={keys}
        >
          <div style={{ height: list.getTotalSize(), position: "relative" }}>
            {shown.map((place) => {
              const item = rows[place.index];
              return item ? (
                <ItemRow
                  key={item.id}
                  item={item}
                  top={place.start}
                  columns={columns}
                  grid={grid}
                  active={place.index === active}
                  chosen={chosen.has(item.id)}
                  onChoose={lead ? () => toggle(item) : undefined}
                  onOpen={() => {
                    setActive(place.index);
                    set({ item: item.id });
                  }}
                />
              ) : null;
            })}
          </div>
          {items.isPending && <p className="tg-muted tg-pad">{t("loading")}</p>}
          {items.data && rows.length === 0 && <p className="tg-muted tg-pad">{t("filter.nothing")}</p>}
        </div>
      </div>
      {open && <ItemDrawer project={project} item={open} lead={lead} onClose={() => set({ item: null })} />}
    </>
  );
}

/** Where the file of what is shown is: the columns of the page are one or more of the file's. */
function csvOf(project: string, search: URLSearchParams, columns: readonly (typeof ITEM_COLUMNS)[number][]): string {
  const inFile = {
    state: "state,problems,label_state",
    group: "group_key",
    terms: "licence,consent",
    size: "width,height,bytes",
  };
  const query = new URLSearchParams(viewQuery(search, FILTERS));
  query.delete("cols");
  query.set("columns", ["name", ...columns.map((one) => inFile[one])].join(","));
  return `/api/v1/projects/${project}/items.csv?${query}`;
}

function readFilter(search: URLSearchParams): ItemFilter {
  const filter: ItemFilter = {};
  const state = STATES.find((one) => one === search.get("state"));
  if (state) filter.state = state;
  for (const key of ["check", "batch", "q", "label_state"] as const) {
    const value = search.get(key);
    if (value) filter[key] = value;
  }
  return filter;
}
