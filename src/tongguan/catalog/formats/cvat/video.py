"""Writing the tracks of videos: one XML a video, beside it."""

from __future__ import annotations

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import WriteItem
from tongguan.catalog.formats.cvat.tracks import tracks_xml
from tongguan.catalog.formats.cvat.write import Declared
from tongguan.catalog.formats.output import side_path, without_suffix
from tongguan.catalog.formats.writing import Writing
from tongguan.catalog.formats.xmlio import FORBIDDEN, escape
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.track import TrackLabel


def write_video(item: WriteItem, name: str, labels: tuple[LabelRecord, ...], out: Writing) -> None:
    """VIDEO.xml; a track that CVAT cannot hold is refused."""
    declared = Declared()
    rows: list[str] = []
    for label in labels:
        if not isinstance(label, TrackLabel):
            continue
        try:
            if FORBIDDEN.search(label.label):
                raise shapes.Unreadable("the label's name holds a character that XML cannot write")
            rows += tracks_xml([label], declared)
        except shapes.Unreadable as error:
            out.refuse(item, label, str(error))
            continue
        out.done(label)
    if labels and not rows:
        return
    size = f"<original_size><width>{item.width}</width><height>{item.height}</height></original_size>"
    head = f"<task><mode>interpolation</mode>{declared.xml(out.classes.numbers)}{size if item.width else ''}</task>"
    source = f"<source>{escape(name.rpartition('/')[2])}</source>"
    text = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n'
    text += f"<meta>{head}{source}</meta>\n" + "\n".join(rows) + "\n</annotations>\n"
    out.text(side_path("", item, without_suffix(name) + ".xml"), text)
