"""Writing CVAT XML 1.1 "for images": annotations.xml and images/SIDE."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import Report, Sink, WriteItem, WriteOptions
from tongguan.catalog.formats.masks import rows_of_mask
from tongguan.catalog.formats.output import edges, plain, side_path
from tongguan.catalog.formats.paths import side_folder
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.formats.xmlio import FORBIDDEN, escape
from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.ellipse import EllipseLabel
from tongguan.catalog.labels.mask import MaskLabel
from tongguan.catalog.labels.points import PointsLabel
from tongguan.catalog.labels.polygon import PolygonLabel
from tongguan.catalog.labels.polyline import PolylineLabel
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.skeleton import SkeletonLabel

Videos = Callable[[WriteItem, str, tuple[LabelRecord, ...], Writing], None]
OWN = frozenset({"occluded", "z_order", "group_id"})


class Declared:
    """Label classes, types of their attributes, and points of their skeletons, as <meta> names them at the end."""

    def __init__(self) -> None:
        self.types: dict[str, dict[str, str]] = {}
        self.points: dict[str, list[str]] = {}

    def take(self, label: LabelRecord) -> None:
        """Notes what one label needs."""
        known = self.types.setdefault(label.label, {})
        for key, value in label.attributes.items():
            if key not in OWN:
                kind = "checkbox" if isinstance(value, bool) else "number" if isinstance(value, float) else "text"
                known[key] = kind if known.get(key, kind) == kind else "text"
        if isinstance(label, SkeletonLabel):
            self.points.setdefault(label.label, [point.name for point in label.points])

    def xml(self, classes: Iterable[str]) -> str:
        """<labels>."""
        lines = ["<labels>\n"]
        for name in classes:
            kind = "<type>skeleton</type>" if name in self.points else ""
            lines.append(f"<label><name>{escape(name)}</name>{kind}<attributes>")
            for key, type_ in self.types.get(name, {}).items():
                default = "false" if type_ == "checkbox" else "0" if type_ == "number" else ""
                lines.append(
                    f"<attribute><name>{escape(key)}</name><mutable>False</mutable><input_type>{type_}</input_type>"
                    f"<default_value>{default}</default_value><values></values></attribute>"
                )
            lines.append("</attributes></label>\n")
            for point in self.points.get(name, ()):
                lines.append(f"<label><name>{escape(point)}</name><type>points</type><parent>{escape(name)}</parent>")
                lines.append("<attributes></attributes></label>\n")
        return "".join([*lines, "</labels>"])


def write(
    format_: Describes, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report, videos: Videos
) -> None:
    """One pass: pictures at once, the XML at the end out of a temporary file: its head names the label classes."""
    out = Writing(format_, sink, options, report)
    declared, images = Declared(), Part(b"")
    try:
        for item in items:
            folder = "images" if item.media == "image" else ""
            begun = out.begin(item, lambda name, item=item, folder=folder: side_path(folder, item, name))  # type: ignore[misc]
            if begun is not None and item.media == "video":
                videos(item, begun[0], begun[1] or (), out)
            elif begun is not None:
                images.add(_image(item, begun[0], begun[1] or (), images.count, declared, out).encode())
        if images.count or not report.items:
            sink.write("annotations.xml", _document(declared, images, out))
            report.files += 1
    finally:
        images.close()
    out.finish()


def _document(declared: Declared, images: Part, out: Writing) -> Iterable[bytes]:
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task>'
    yield f"<size>{images.count}</size><mode>annotation</mode>\n{declared.xml(out.classes.numbers)}".encode()
    yield b"</task></meta>\n"
    yield from images.chunks()
    yield b"\n</annotations>\n"


def _image(
    item: WriteItem, name: str, labels: tuple[LabelRecord, ...], number: int, declared: Declared, out: Writing
) -> str:
    size = f' width="{item.width}" height="{item.height}"' if item.width and item.height else ""
    subset = f' subset="{side_folder(item.side)}"' if item.side else ""
    parts = [f'<image id="{number}" name="{escape(name)}"{subset}{size}>\n']
    for label in labels:
        if FORBIDDEN.search(label.label):
            out.refuse(item, label, "the label's name holds a character that XML cannot write")
            continue
        text = element(label, out.options.round)
        if text is None:
            out.refuse(item, label, "a polygon of CVAT has neither holes nor further parts")
            continue
        parts.append(text)
        declared.take(label)
        out.done(label)
    parts.append("</image>")
    return "".join(parts)


def element(label: LabelRecord, rounded: bool, frame: str = "") -> str | None:
    """One label as an element, in a track with `frame` for its label; None for a shape that CVAT does not have."""
    given = dict(label.attributes)
    tail = ' occluded="1"' if given.pop("occluded", None) is True else ' occluded="0"'
    for key, word in (("z_order", "z_order"), ("group_id", "group_id")):
        if isinstance(given.get(key), float):
            tail += f' {word}="{plain(float(given.pop(key)))}"'  # type: ignore[arg-type]
    head = frame or f'label="{escape(label.label)}" source="manual"'
    inner = "".join(
        f'<attribute name="{escape(key)}">{escape(_text(value))}</attribute>' for key, value in given.items()
    )
    if isinstance(label, ClassLabel):
        return f"  <tag {head}>{inner}</tag>\n"
    if isinstance(label, SkeletonLabel):
        return f"  <skeleton {head}{tail}>{_keypoints(label)}{inner}</skeleton>\n"
    shape = _shape(label, rounded)
    if shape is None:
        return None
    tag, places = shape
    return f"  <{tag} {head}{tail} {places}>{inner}</{tag}>\n"


def _shape(label: LabelRecord, rounded: bool) -> tuple[str, str] | None:
    if isinstance(label, BoxLabel):
        left, top, right, bottom = edges(label, rounded)
        return "box", f'xtl="{plain(left)}" ytl="{plain(top)}" xbr="{plain(right)}" ybr="{plain(bottom)}"'
    if isinstance(label, RotatedBoxLabel):
        left, top = label.cx - label.width / 2, label.cy - label.height / 2
        places = f'xtl="{plain(left)}" ytl="{plain(top)}" xbr="{plain(left + label.width)}"'
        # A turn of exactly 0 would come back as an upright box.
        turn = label.angle if label.angle % 360 else 1e-9
        return "box", f'{places} ybr="{plain(top + label.height)}" rotation="{turn!r}"'
    if isinstance(label, PolygonLabel):
        return None if label.holes or label.others else ("polygon", f'points="{_points(label.points)}"')
    if isinstance(label, PolylineLabel):
        return "polyline", f'points="{_points(label.points)}"'
    if isinstance(label, PointsLabel):
        return "points", f'points="{_points(label.points)}"'
    if isinstance(label, EllipseLabel):
        centre = f'cx="{plain(label.cx)}" cy="{plain(label.cy)}" rx="{plain(label.rx)}" ry="{plain(label.ry)}"'
        return "ellipse", f'{centre} rotation="{label.angle!r}"'
    if isinstance(label, MaskLabel):
        counts, left, top, width, height = rows_of_mask(label)
        rle = ", ".join(map(str, counts))
        return "mask", f'rle="{rle}" left="{left}" top="{top}" width="{width}" height="{height}"'
    return None


def _points(places: Iterable[shapes.Point]) -> str:
    return ";".join(f"{plain(x)},{plain(y)}" for x, y in places)


def _keypoints(label: SkeletonLabel) -> str:
    return "".join(
        f'<points label="{escape(point.name)}" outside="{int(point.visible == 0)}" '
        f'occluded="{int(point.visible == 1)}" points="{plain(point.x)},{plain(point.y)}"></points>'
        for point in label.points
    )


def _text(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return "\n".join(value) if isinstance(value, list) else value
