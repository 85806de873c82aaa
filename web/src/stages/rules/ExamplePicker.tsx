import { Button, Drawer, Input, Segmented, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorNote } from "../../ui/ErrorNote";
import type { Rect } from "../../ui/MarkedPicture";
import { type Item, useItems } from "../collect/queries";
import type { Example } from "./queries";
import { RegionPicker } from "./RegionPicker";

interface Props {
  project: string;
  label: string;
  onClose: () => void;
  onPick: (example: Example) => void;
}

/** Choose an item, drag over the part to show, say whether it is right and why. */
export function ExamplePicker({ project, label, onClose, onPick }: Props) {
  const { t } = useTranslation("rules");
  const [name, setName] = useState("");
  const [item, setItem] = useState<Item | null>(null);
  const items = useItems(project, name ? { state: "ok", q: name } : { state: "ok" });
  const rows = items.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Drawer open onClose={onClose} size="min(860px, 100vw)" title={t("picker.title")}>
      {item ? (
        <Part key={item.id} item={item} label={label} onBack={() => setItem(null)} onPick={onPick} />
      ) : (
        <div className="tg-stack">
          <Input.Search
            allowClear
            placeholder={t("picker.search")}
            aria-label={t("picker.search")}
            onSearch={setName}
          />
          {items.error && <ErrorNote error={items.error} />}
          {items.isPending && <Spin />}
          {items.data && rows.length === 0 && <EmptyState title={t("picker.none")} hint={t("picker.noneHint")} />}
          <div className="tg-thumbs">
            {rows.map((one) => (
              <button key={one.id} type="button" title={one.name} onClick={() => setItem(one)}>
                <img src={one.thumb_url} alt={one.name} loading="lazy" />
                {one.name}
              </button>
            ))}
          </div>
          {items.hasNextPage && (
            <Button loading={items.isFetchingNextPage} onClick={() => items.fetchNextPage()}>
              {t("more")}
            </Button>
          )}
        </div>
      )}
    </Drawer>
  );
}

interface PartProps {
  item: Item;
  label: string;
  onBack: () => void;
  onPick: (example: Example) => void;
}

function Part({ item, label, onBack, onPick }: PartProps) {
  const { t } = useTranslation("rules");
  const [region, setRegion] = useState<Rect | null>(null);
  const [right, setRight] = useState(true);
  const [note, setNote] = useState("");
  return (
    <div className="tg-stack">
      <Button size="small" style={{ alignSelf: "start" }} onClick={onBack}>
        ← {t("picker.other")}
      </Button>
      <span className="tg-muted">{t("picker.drag")}</span>
      <RegionPicker
        src={item.image_url}
        width={item.width}
        height={item.height}
        alt={item.name}
        value={region}
        onChange={setRegion}
      />
      <div className="tg-row">
        <Segmented
          value={right ? "right" : "wrong"}
          onChange={(value) => setRight(value === "right")}
          options={(["right", "wrong"] as const).map((one) => ({
            value: one,
            label: `${one === "right" ? "✓" : "✗"} ${t(`example.${one}`)}`,
          }))}
        />
        <Input
          value={note}
          maxLength={2000}
          style={{ flex: 1, minWidth: 200 }}
          placeholder={t("picker.note")}
          aria-label={t("picker.note")}
          onChange={(event) => setNote(event.target.value)}
        />
        <Button type="primary" onClick={() => onPick({ label, item_id: item.id, right, region, note })}>
          {t(region ? "picker.add" : "picker.addWhole")}
        </Button>
      </div>
    </div>
  );
}
