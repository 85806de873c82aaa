import { useEffect, useState } from "react";
import { BlankPicture, type Picture } from "../../editor/core/picture";
import { openPicture, type PictureSource } from "../../editor/core/tiled";

interface Source extends PictureSource {
  readonly id: string;
}

/** The decoded picture of an item; null while it is on its way, a blank one when its bytes can't be had. */
export function usePicture(item: Source | undefined): Picture | null {
  const [loaded, setLoaded] = useState<{ id: string; picture: Picture } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: signed links change with every answer, the item does not
  useEffect(() => {
    if (!item) return undefined;
    const control = new AbortController();
    let gone = false;
    const show = (picture: Picture) => {
      if (!gone) setLoaded({ id: item.id, picture });
    };
    openPicture(item, control.signal).then(show, () => show(new BlankPicture(item.name, item.width, item.height)));
    return () => {
      gone = true;
      control.abort();
    };
  }, [item?.id]);
  return item && loaded?.id === item.id ? loaded.picture : null;
}
