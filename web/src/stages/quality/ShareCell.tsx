import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../../i18n/format";
import type { Share } from "./queries";

/** A share with its n and its interval, as a number and as a bar; a share without its n says nothing. */
export function ShareCell({ share }: { share: Share }) {
  const { t } = useTranslation("quality");
  if (share.share === null || share.whole === 0) return <span className="tg-muted">–</span>;
  return (
    <span className="tg-share">
      <span>
        <strong>{formatPercent(share.share)}</strong>{" "}
        <span className="tg-muted tg-small">
          {t("page.shareNote", {
            part: formatNumber(share.part),
            whole: formatNumber(share.whole),
            low: formatPercent(share.low),
            high: formatPercent(share.high),
          })}
        </span>
      </span>
      <span className="tg-share-bar" aria-hidden="true">
        <i style={{ left: `${share.low * 100}%`, right: `${(1 - share.high) * 100}%` }} />
        <b style={{ left: `${share.share * 100}%` }} />
      </span>
    </span>
  );
}
