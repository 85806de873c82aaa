import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { MarkedPicture } from "../../ui/MarkedPicture";
import type { Example, Pictures } from "./queries";

interface Props {
  example: Example;
  pictures: Pictures;
  action?: ReactNode;
}

/** A right or wrong example, cut out of its picture. */
export function ExampleFigure({ example, pictures, action }: Props) {
  const { t } = useTranslation("rules");
  const { right, region, note } = example;
  const picture = pictures[example.item_id];
  const src = (region ? picture?.image_url : picture?.medium_url) ?? picture?.image_url ?? picture?.thumb_url;
  const words = note || t(right ? "example.right" : "example.wrong");
  return (
    <figure className={`tg-example ${right ? "tg-example-right" : "tg-example-wrong"}`}>
      {picture && src ? (
        <MarkedPicture
          src={src}
          width={picture.width ?? 1}
          height={picture.height ?? 1}
          alt={words}
          region={region}
          marks={region ? [{ ...region, id: "region", color: right ? "#4cc38a" : "#ff6b66", dashed: !right }] : []}
        />
      ) : (
        <div className="tg-muted tg-pad">{t("example.gone")}</div>
      )}
      <figcaption>
        <span>
          {right ? "✓" : "✗"} {words}
        </span>
        {action}
      </figcaption>
    </figure>
  );
}
