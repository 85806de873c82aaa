import { Checkbox } from "antd";
import type { CSSProperties, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../../i18n/format";
import type { Item } from "./queries";

/** Columns that can be chosen; the picture and the name are always there. */
export const ITEM_COLUMNS = ["state", "group", "terms", "size"] as const;
export type ItemColumn = (typeof ITEM_COLUMNS)[number];
const WIDTHS: Record<ItemColumn, string> = {
  state: "minmax(0, 1.4fr)",
  group: "minmax(0, 0.8fr)",
  terms: "minmax(0, 1fr)",
  size: "150px",
};

/** The columns of the grid that head and lines share. */
export function gridOf(columns: readonly ItemColumn[], wide: boolean): CSSProperties {
  const first = wide ? "24px 56px minmax(0, 1.2fr)" : "20px 48px minmax(0, 1fr)";
  return { gridTemplateColumns: [first, ...columns.map((one) => WIDTHS[one])].join(" ") };
}

interface Props {
  item: Item;
  top: number;
  columns: readonly ItemColumn[];
  grid: CSSProperties;
  active: boolean;
  chosen: boolean;
  onChoose: (() => void) | undefined;
  onOpen: () => void;
}

/** One line of the list of items. */
export function ItemRow({ item, top, columns, grid, active, chosen, onChoose, onOpen }: Props) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  const cells: Record<ItemColumn, ReactNode> = {
    state: (
      <span key="state" className="tg-tags">
        <span className={`tg-pill ${item.state === "ok" ? "tg-pill-open" : "tg-pill-closed"}`}>
          {t(`state.${item.state}`)}
        </span>
        {item.problems.map((check) => (
          <span key={check} className="tg-pill tg-pill-working">
            {tp(`check.${check}` as "check.dark", { defaultValue: check })}
          </span>
        ))}
        {item.label_state !== "none" && (
          <span className="tg-muted">
            {t(`labelled.${item.label_state}` as "labelled.none", { defaultValue: item.label_state })}
          </span>
        )}
      </span>
    ),
    group: (
      <span key="group" className="tg-cut">
        {item.group_key ?? <span className="tg-muted">{t("noGroup")}</span>}
      </span>
    ),
    terms: (
      <span key="terms" className="tg-cut tg-muted">
        {[item.licence, item.consent].filter(Boolean).join(" · ") || t("noTerms")}
      </span>
    ),
    size: (
      <span key="size" className="tg-muted">
        {item.width ? `${item.width}×${item.height}` : "–"} · {formatBytes(item.bytes)}
      </span>
    ),
  };
  return (
    <div
      className={`tg-item ${active ? "tg-item-active" : ""}`}
      style={{ ...grid, position: "absolute", top, insetInline: 0 }}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
    >
      {onChoose ? <Checkbox checked={chosen} aria-label={item.name} onChange={onChoose} /> : <span />}
      <span className="tg-thumb">
        {item.thumb_url ? <img src={item.thumb_url} alt="" loading="lazy" /> : <span aria-hidden="true">–</span>}
      </span>
      <button type="button" className="tg-plain tg-cut" onClick={onOpen} title={item.name}>
        {item.name}
      </button>
      {columns.map((one) => cells[one])}
    </div>
  );
}
