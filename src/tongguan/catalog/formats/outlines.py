"""Cityscapes, Mapillary Vistas and ADE20K: a JSON of outlines a picture; their PNG say the same and are no items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree, WriteItem, WriteOptions
from tongguan.catalog.formats.beside import Layout, Size, read_beside
from tongguan.catalog.formats.jsonio import parse
from tongguan.catalog.formats.marks import ItemMarks, clean_attributes
from tongguan.catalog.formats.output import side_path, without_suffix
from tongguan.catalog.formats.paths import join, side_folder, stem_of, suffix_of
from tongguan.catalog.formats.sniffing import matching, sniff_heads
from tongguan.catalog.formats.text import read_bytes
from tongguan.catalog.formats.writing import Describes, Writing
from tongguan.catalog.labels.polygon import PolygonLabel

_VERSION = re.compile(r"(^|/)v\d\.\d/polygons/")


def _read_polygons(tree: Tree, path: str, size: Size, marks: ItemMarks) -> None:
    """`objects` of Cityscapes and Mapillary; what is marked deleted is left out."""
    raw = parse(read_bytes(tree, path), path)
    objects = raw.get("objects") if isinstance(raw, dict) else None
    for at, one in enumerate(objects if isinstance(objects, list) else []):
        if not isinstance(one, dict):
            marks.refuse("polygon", f"{path}: objects[{at}] is no object")
        elif not one.get("deleted"):
            _polygon(str(one.get("label") or ""), one.get("polygon"), f"{path}: objects[{at}]", one, marks)


def _polygon(label: str, raw: Any, where: str, one: dict[str, Any], marks: ItemMarks) -> None:
    try:
        places = shapes.point_list(raw)
    except shapes.Unreadable as error:
        marks.refuse("polygon", f"{where}: {error}")
        return
    marks.add(label, shapes.polygon(places), clean_attributes(one.get("attributes")), identity=str(one.get("id", "")))


class OutlineFormat(Describes):
    """What the three share."""

    kinds = frozenset({"polygon"})
    what = ""

    def sniff(self, tree: Tree) -> Sniff:
        """JSON files of outlines."""
        return sniff_heads(tree, {".json"}, self.fits, self.what, size=65536)

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """The item of each JSON, then the other pictures."""
        files = matching(tree, {".json"}, self.fits, 65536)
        return read_beside(tree, report, files, self.layout(), self.reading(), self.hidden)

    def fits(self, head: bytes, path: str) -> bool:
        """Whether a JSON is one of this format."""
        raise NotImplementedError

    def layout(self) -> Layout:
        """Where pictures lie."""
        raise NotImplementedError

    def reading(self) -> Callable[[Tree, str, Size, ItemMarks], None]:
        """How one file is read."""
        return _read_polygons

    def hidden(self, path: str) -> bool:
        """PNG that hold labels."""
        return False

    def paths(self, item: WriteItem, name: str) -> tuple[str, str]:
        """Where picture and JSON go."""
        raise NotImplementedError

    def document(self, item: WriteItem, name: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """The JSON of one picture."""
        raise NotImplementedError

    def entry(self, label: PolygonLabel, at: int) -> dict[str, Any]:
        """One outline."""
        return {"label": label.label, "polygon": label.points}

    def write(self, items: Iterable[WriteItem], sink: Sink, options: WriteOptions, report: Report) -> None:
        """Picture and JSON of each item at once."""
        out = Writing(self, sink, options, report)
        for item in items:
            begun = out.begin(item, lambda name, item=item: self.paths(item, name)[0])  # type: ignore[misc]
            if begun is None:
                continue
            name, labels = begun
            if labels is None:
                continue
            objects: list[dict[str, Any]] = []
            for label in labels:
                if not isinstance(label, PolygonLabel) or label.holes or label.others:
                    out.refuse(item, label, f"an outline of {self.title} has neither holes nor further parts")
                    continue
                objects.append(self.entry(label, len(objects)))
                out.done(label)
            if objects or not labels:
                out.text(self.paths(item, name)[1], orjson.dumps(self.document(item, name, objects)).decode())
        out.finish()


def _cityscapes_stem(path: str) -> str:
    return stem_of(path).removesuffix("_polygons").rpartition("_gt")[0] + "_leftImg8bit"


class CityscapesFormat(OutlineFormat):
    """Contract of `Format` for `cityscapes`."""

    id = "cityscapes"
    title = "Cityscapes"
    keeps = frozenset({"sides", "empty", "unlabelled", "any_names"})
    what = "outlines of Cityscapes (imgHeight, objects)"

    def fits(self, head: bytes, path: str) -> bool:
        """imgHeight and objects."""
        return b'"imgHeight"' in head and b'"objects"' in head

    def layout(self) -> Layout:
        """leftImg8bit across from gtFine or gtCoarse."""
        return Layout(("gtfine", "gtcoarse"), ("leftImg8bit",), _cityscapes_stem, ".png")

    def hidden(self, path: str) -> bool:
        """*_gtFine_labelIds.png and the like."""
        return "_gtFine_" in path or "_gtCoarse_" in path

    def paths(self, item: WriteItem, name: str) -> tuple[str, str]:
        """leftImg8bit/SIDE/NAME_leftImg8bit.png and gtFine/SIDE/NAME_gtFine_polygons.json."""
        stem = without_suffix(name)
        picture = side_path("leftImg8bit", item, f"{stem}_leftImg8bit{suffix_of(name)}")
        return picture, side_path("gtFine", item, f"{stem}_gtFine_polygons.json")

    def document(self, item: WriteItem, name: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """imgHeight, imgWidth, objects."""
        return {"imgHeight": item.height, "imgWidth": item.width, "objects": objects}


class MapillaryFormat(OutlineFormat):
    """Contract of `Format` for `mapillary`: Mapillary Vistas."""

    id = "mapillary"
    title = "Mapillary Vistas"
    keeps = frozenset({"sides", "empty", "unlabelled", "names", "any_names"})
    what = "outlines of Mapillary Vistas (width, height, objects)"

    def fits(self, head: bytes, path: str) -> bool:
        """width, height and objects with outlines, in a folder `polygons`."""
        keys = b'"objects"' in head and b'"width"' in head and b'"height"' in head
        return keys and (b'"polygon"' in head or "/polygons/" in "/" + path) and b'"imgHeight"' not in head

    def layout(self) -> Layout:
        """images across from polygons or v2.0/polygons."""
        return Layout(
            ("polygons",), ("images",), seen=lambda path: re.sub(r"(^|/)v\d\.\d/polygons/", r"\1polygons/", path)
        )

    def hidden(self, path: str) -> bool:
        """instances, labels and panoptic hold PNG of numbers."""
        return any(part in ("instances", "labels", "panoptic") for part in path.split("/")[:-1])

    def paths(self, item: WriteItem, name: str) -> tuple[str, str]:
        """SIDE/images and SIDE/v2.0/polygons."""
        folder = {"train": "training", "kept": "validation"}.get(item.side or "", side_folder(item.side))
        return join(folder, "images", name), join(folder, "v2.0/polygons", without_suffix(name) + ".json")

    def document(self, item: WriteItem, name: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """width, height, objects."""
        return {"width": item.width, "height": item.height, "objects": objects}

    def entry(self, label: PolygonLabel, at: int) -> dict[str, Any]:
        """With its number."""
        return {"id": at, **super().entry(label, at)}


class AdeFormat(OutlineFormat):
    """Contract of `Format` for `ade20k`: the full set of 2020 and later, with a JSON a picture."""

    id = "ade20k"
    title = "ADE20K"
    keeps = frozenset({"sides", "empty", "unlabelled", "names", "any_names"})
    what = "outlines of ADE20K (annotation, object)"

    def fits(self, head: bytes, path: str) -> bool:
        """annotation with imsize and object."""
        return b'"annotation"' in head and (b'"object"' in head or b'"imsize"' in head) and b'"filename"' in head

    def layout(self) -> Layout:
        """The picture lies beside it."""
        return Layout((), ())

    def hidden(self, path: str) -> bool:
        """NAME_seg.png, NAME_parts_1.png, and the folder of instance masks."""
        return "_seg." in path or "_parts_" in path or "/instance_mask/" in path

    def reading(self) -> Callable[[Tree, str, Size, ItemMarks], None]:
        """x and y in lists of their own."""
        return _read_ade

    def paths(self, item: WriteItem, name: str) -> tuple[str, str]:
        """SIDE/NAME.jpg and SIDE/NAME.json."""
        folder = {"train": "training", "kept": "validation"}.get(item.side or "", side_folder(item.side))
        return join(folder, name), join(folder, without_suffix(name) + ".json")

    def document(self, item: WriteItem, name: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """filename, imsize (height, width, channels), object."""
        size = [item.height, item.width, 3]
        return {"annotation": {"filename": name.rpartition("/")[2], "imsize": size, "object": objects}}

    def entry(self, label: PolygonLabel, at: int) -> dict[str, Any]:
        """id, name and outline."""
        across, down = ([place[axis] for place in label.points] for axis in (0, 1))
        part = {"hasparts": [], "ispartof": [], "part_level": 0}
        return {
            "id": at,
            "name": label.label,
            "raw_name": label.label,
            "parts": part,
            "polygon": {"x": across, "y": down},
        }


def _read_ade(tree: Tree, path: str, size: Size, marks: ItemMarks) -> None:
    raw = parse(read_bytes(tree, path), path)
    annotation = raw.get("annotation") if isinstance(raw, dict) else None
    objects = annotation.get("object") if isinstance(annotation, dict) else None
    for at, one in enumerate(objects if isinstance(objects, list) else [objects] if isinstance(objects, dict) else []):
        outline = one.get("polygon") if isinstance(one, dict) else None
        if not isinstance(outline, dict) or not isinstance(outline.get("x"), list):
            marks.refuse("polygon", f"{path}: object[{at}] has no outline")
            continue
        places = [list(place) for place in zip(outline["x"], outline.get("y") or (), strict=False)]
        given = {"occluded": True} if one.get("occluded") == "yes" else {}
        _polygon(str(one.get("name") or ""), places, f"{path}: object[{at}]", {**one, "attributes": given}, marks)
