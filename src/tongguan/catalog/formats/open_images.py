"""Open Images: CSV tables of boxes and of whole-picture labels, relative to the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.gather import Entry, Places, gather, size_in
from tongguan.catalog.formats.grouping import Grouped
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.output import edges, side_path, without_suffix
from tongguan.catalog.formats.paths import side_folder, side_of_stem, stem_of
from tongguan.catalog.formats.pictures import PictureIndex
from tongguan.catalog.formats.sniffing import members_of, sniff_heads
from tongguan.catalog.formats.spool import Part
from tongguan.catalog.formats.tables import header_of, row_text, rows
from tongguan.catalog.formats.text import name_problem, read_head
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.base import AttributeValue
from tongguan.catalog.labels.box import BoxLabel

BOXES = ("ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax")
FLAGS = ("IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside")
_HEADER = ("ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax", *FLAGS)


class OpenImagesFormat(Describes):
    """Contract of `Format` for `open-images`."""

    id = "open-images"
    title = "Open Images"
    kinds = frozenset({"box", "class"})
    keeps = frozenset({"sides", "empty", "unlabelled", "order", "score", "names", "any_names"})

    def sniff(self, tree: Tree) -> Sniff:
        """A CSV with ImageID, LabelName and, for boxes, XMin to YMax."""
        return sniff_heads(tree, {".csv"}, _is_table, "a table of Open Images (ImageID, LabelName)", one_is_enough=True)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every picture that a table names, then the others."""
        names = _names(tree, report)
        report.classes.extend(dict.fromkeys(names.values()))
        with Grouped() as grouped:
            for path in members_of(tree, {".csv"}):
                _take(tree, path, grouped, report)
            places = Places(PictureIndex(tree.list()))
            yield from gather(tree, report, (_entry(tree, key, grouped, names, places) for key in grouped))

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """SIDE-annotations-bbox.csv, SIDE-annotations-human-imagelabels.csv, SIDE-images.csv, images/SIDE."""
        _write(self, items, sink, options, report)


def _is_table(head: bytes, path: str) -> bool:
    names = header_of(head)
    return "ImageID" in names and ("LabelName" in names or "Subset" in names)


def _names(tree: Tree, report: Report) -> dict[str, str]:
    """class-descriptions*.csv: the code of a label class and its name."""
    found: dict[str, str] = {}
    for path in members_of(tree, {".csv"}):
        if "class-descriptions" not in path.rpartition("/")[2]:
            continue
        for where, row in rows(tree, path, report, header=("LabelName", "DisplayName")):
            code, name = row.get("LabelName", ""), row.get("DisplayName", "")
            if (code, name) == ("LabelName", "DisplayName"):
                continue
            problem = name_problem(name)
            if problem:
                report.refuse(path, "file", f"{where}: {problem}")
            else:
                found.setdefault(code, name)
    return found


def _take(tree: Tree, path: str, grouped: Grouped, report: Report) -> None:
    head = read_head(tree, path, 4096)
    if not _is_table(head, path):
        return
    said = side_of_stem(stem_of(path))
    boxes = "XMin" in header_of(head)
    listing = "LabelName" not in header_of(head)
    for where, row in rows(tree, path, report):
        image = row.get("ImageID", "")
        if not image:
            report.refuse(path, "item", f"{where}: no ImageID")
            continue
        record: dict[str, object] = {"where": where, "side": said[0] if said else None}
        if boxes:
            record["box"] = [row.get(key, "") for key in ("XMin", "YMin", "XMax", "YMax")]
        if listing:
            record["size"] = [row.get("Width", ""), row.get("Height", "")]
        else:
            record |= {"label": row.get("LabelName", ""), "score": row.get("Confidence", "")}
            record["flags"] = [flag for flag in FLAGS if row.get(flag) == "1"]
        grouped.add(image, record)


def _entry(tree: Tree, key: str, grouped: Grouped, names: dict[str, str], places: Places) -> Entry:
    records = grouped.take(key)
    where = str(records[0]["where"])
    path = places.across(where.rpartition(" line ")[0], key, (), ("images", *filter(None, [records[0]["side"]])))
    said = next((record["size"] for record in records if "size" in record), ["", ""])
    width, height = (int(value) if (value := number(text)) > 0 else None for text in said)
    size = size_in(tree, path, width, height)
    fill = partial(_fill, [record for record in records if "label" in record], names, size)
    side = records[0]["side"]
    return Entry(key, where, fill, side=side, path=path, size=size)


def _fill(
    records: list[dict[str, object]], names: dict[str, str], size: tuple[int, int] | None, marks: ItemMarks
) -> None:
    for record in records:
        code = str(record["label"])
        label = names.get(code, "" if names and code.startswith("/m/") else code)
        score = number(record["score"])
        flags: dict[str, AttributeValue] = {str(flag): True for flag in list(record["flags"])}  # type: ignore[call-overload]
        confident = score if 0 <= score < 1 else None
        edges_ = record.get("box")
        if not label:
            marks.refuse("box" if edges_ else "class", f"{record['where']}: {code[:60]} has no description")
        elif not isinstance(edges_, list):
            _whole(label, score, flags, marks, str(record["where"]))
        elif size is None:
            marks.refuse("box", "the picture is absent or unreadable, so that relative numbers have no size")
        else:
            left, top, right, bottom = (number(value) for value in edges_)
            width, height = size
            box = (left * width, top * height, (right - left) * width, (bottom - top) * height)
            marks.box(label, box, flags, confident)


def _whole(label: str, score: float, flags: dict[str, AttributeValue], marks: ItemMarks, where: str) -> None:
    """Confidence 0 says that people looked and did not find it."""
    if score == 0:
        return
    marks.class_(label, flags, score if 0 < score < 1 else None)


def _write(
    format_: OpenImagesFormat, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report
) -> None:
    out = Writing(format_, sink, options, report)
    tables: dict[tuple[str, str], Part] = {}

    def add(kind: str, side: str | None, row: list[object], header: Iterable[str]) -> None:
        key = (f"{side_folder(side)}-{kind}" if side else kind, kind)
        if key not in tables:
            tables[key] = Part(b"")
            tables[key].add(row_text(header).encode())
        tables[key].add(row_text(row).encode())

    try:
        for item in items:
            begun = out.begin(item, lambda name, item=item: side_path("images", item, name), sized=True)  # type: ignore[misc]
            if begun is None or begun[1] is None:
                continue
            image = without_suffix(begun[0])
            add("images", item.side, [image, item.width, item.height, ""], ("ImageID", "Width", "Height", "Subset"))
            for label in begun[1]:
                code = f"/m/{out.classes.numbers[label.label]}"
                score = "1" if label.score is None else repr(min(label.score, 0.999999))
                if isinstance(label, BoxLabel):
                    left, top, right, bottom = edges(label, options.round)
                    places = (left / item.width, right / item.width, top / item.height, bottom / item.height)
                    flags = [int(label.attributes.get(flag) is True) for flag in FLAGS]
                    row = [image, "tongguan", code, score, *(f"{value:.9f}" for value in places), *flags]
                    add("annotations-bbox", item.side, row, _HEADER)
                else:
                    row = [image, "tongguan", code, score]
                    add("annotations-human-imagelabels", item.side, row, _HEADER[:4])
                out.done(label, frozenset(FLAGS))
        classes = Part(b"")
        tables["class-descriptions-boxable", ""] = classes
        for name, at in out.classes.numbers.items():
            classes.add(row_text([f"/m/{at}", name]).encode())
        for (name, _), part in sorted(tables.items()):
            sink.write(f"{name}.csv", part.chunks())
            report.files += 1
    finally:
        for part in tables.values():
            part.close()
    out.finish()
