import { Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../../i18n/format";
import type { Item } from "./queries";

interface Props {
  item: Item;
  top: number;
  wide: boolean;
  active: boolean;
  chosen: boolean;
  onChoose: (() => void) | undefined;
  onOpen: () => void;
}

/** One line of the list of items. */
export function ItemRow({ item, top, wide, active, chosen, onChoose, onOpen }: Props) {
  const { t } = useTranslation("collect");
  const { t: tp } = useTranslation("projects");
  return (
    <div
      className={`tg-item ${active ? "tg-item-active" : ""}`}
      style={{ position: "absolute", top, insetInline: 0 }}
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
      <span className="tg-tags">
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
      {wide && <span className="tg-cut">{item.group_key ?? <span className="tg-muted">{t("noGroup")}</span>}</span>}
      {wide && (
        <span className="tg-cut tg-muted">
          {[item.licence, item.consent].filter(Boolean).join(" · ") || t("noTerms")}
        </span>
      )}
      {wide && (
        <span className="tg-muted">
          {item.width ? `${item.width}×${item.height}` : "–"} · {formatBytes(item.bytes)}
        </span>
      )}
    </div>
  );
}
