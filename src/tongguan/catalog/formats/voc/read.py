"""Reading Pascal VOC: one XML a picture, coordinates 1-based and inclusive, fractions kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tongguan.catalog.formats.base import ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.paths import folder_of, join, side_of_folders, stem_of, suffix_of
from tongguan.catalog.formats.pictures import PictureIndex
from tongguan.catalog.formats.text import read_bytes, read_head, read_text
from tongguan.catalog.formats.voc.masks import Masks, is_mask
from tongguan.catalog.formats.xmlio import body_of, parse
from tongguan.catalog.labels.base import AttributeValue

LABEL_FOLDERS = ("annotations", "voc", "xml", "xmls", "labels")
PICTURE_FOLDERS = ("JPEGImages", "images", "Images", "jpegimages", "image", "img")
LISTS = {"train": "train", "val": "kept", "valid": "kept", "dev": "kept", "test": "test", "line": "line"}
OTHER_SHAPES = {
    "polygon": "polygon",
    "segmentation": "polygon",
    "robndbox": "rotated_box",
    "rotatebndbox": "rotated_box",
}


def read(tree: Tree, report: Report) -> Iterator[ReadItem]:
    """Yields every picture and every XML without a picture, sorted by name."""
    members = tree.list()
    masks = Masks(tree, members, report)
    report.classes.extend(_named(masks, members))
    pictures = PictureIndex(path for path in members if not is_mask(path))
    sides = _read_lists(tree, members, report)
    taken: dict[str, str] = {}
    plan: list[tuple[str, str | None, str | None]] = [(path, path, None) for path in pictures.paths]
    for xml in (path for path in members if suffix_of(path) == ".xml"):
        if not looks_like_voc(read_head(tree, xml, 4096)):
            continue
        picture = find_picture(pictures, xml)
        if picture is not None and picture in taken:
            report.refuse(xml, "file", f"a second label file of {picture}; {taken[picture]} was read")
            continue
        taken[picture or xml] = xml
        plan.append((picture or xml, picture, xml))
    for name, picture, label_file in sorted(plan, key=lambda entry: (entry[0], entry[2] is None)):
        if label_file is not None or name not in taken:
            yield _read_item(tree, (picture, label_file), sides, masks, report)
    for mask in masks.strangers():
        report.refuse(mask, "mask", "no picture and no label file has this name")


def looks_like_voc(head: bytes) -> bool:
    """Whether an XML's first bytes are a VOC annotation (and not CVAT, LabelMe or something else); empty counts."""
    if not head.strip():
        return True
    body = body_of(head)
    if not re.match(rb"<annotation[\s>/]", body):
        return False
    return not (b"<imagesize" in body or b"<sourceImage" in body or re.search(rb"<polygon>\s*<username", body))


def _named(masks: Masks, members: list[str]) -> list[str]:
    """Label classes in order where labelmap.txt names them."""
    named = any(path.rpartition("/")[2].lower() == "labelmap.txt" for path in members)
    return [name for name in masks.names.values() if name != "background"] if named else []


def find_picture(pictures: PictureIndex, xml: str, wanted: str = "") -> str | None:
    """The picture of a label file, matched by the XML's own stem: JPEGImages, images, beside it, else the only one."""
    stem, folder = stem_of(xml), folder_of(xml)
    parts = folder.split("/") if folder else []
    for depth in range(len(parts) - 1, -1, -1):
        if parts[depth].lower() not in LABEL_FOLDERS:
            continue
        before, after = "/".join(parts[:depth]), "/".join(parts[depth + 1 :])
        for pictures_folder in PICTURE_FOLDERS:
            found = pictures.with_stem(join(before, pictures_folder, after), stem, wanted)
            found = found or pictures.with_stem(join(before, after, pictures_folder), stem, wanted)
            if found:
                return found
    beside = pictures.with_stem(folder, stem, wanted)
    if beside:
        return beside
    for pictures_folder in PICTURE_FOLDERS:
        found = pictures.with_stem(join(folder, pictures_folder), stem, wanted)
        if found:
            return found
    return pictures.stem_anywhere(stem)


def _read_lists(tree: Tree, members: list[str], report: Report) -> dict[str, str]:
    """Sides by stem out of ImageSets/Main; a stem on two lists has none."""
    sides: dict[str, str] = {}
    lists = [path for path in members if path.lower().endswith(".txt") and "/imagesets/main/" in "/" + path.lower()]
    has_test = any(stem_of(path) == "test" for path in lists)
    for path in sorted(lists, key=lambda path: stem_of(path) == "trainval"):
        side = LISTS.get(stem_of(path)) or ("train" if stem_of(path) == "trainval" and has_test else None)
        if side is None:
            continue
        try:
            lines = read_text(tree, path).splitlines()
        except ReadError as error:
            report.refuse(path, "file", str(error))
            continue
        for line in lines:
            words = line.split()
            if not words:
                continue
            stem = words[0] if len(words) <= 2 and words[-1] in ("1", "-1", "0") else line.strip()
            if stem_of(path) == "trainval":
                sides.setdefault(stem, side)
            else:
                sides[stem] = side
    return sides


def _read_item(
    tree: Tree, files: tuple[str | None, str | None], sides: dict[str, str], masks: Masks, report: Report
) -> ReadItem:
    picture, xml = files
    source = xml or picture or ""
    name = picture or source
    side = sides.get(stem_of(source)) or _listed_with_folder(source, sides) or side_of_folders(name)
    report.items += 1
    root = None
    try:
        root = parse(read_bytes(tree, xml), xml) if xml else None
    except ReadError as error:
        report.refuse(xml or name, "file", str(error))
        return ReadItem(name, picture, None, side=side)
    if picture is None and root is not None:
        called = (root.findtext("filename") or "").strip()
        name = join(folder_of(source), stem_of(source) + (suffix_of(called) or ".jpg"))
    marks = ItemMarks(name, report)
    for element in root.iter("object") if root is not None else ():
        _read_object(element, marks)
    masked = masks.add(source, marks)
    width, height = (_whole(root.findtext(f"size/{way}")) if root is not None else None for way in ("width", "height"))
    labels = marks.settle()
    return ReadItem(name, picture, labels if xml or masked else None, width, height, side)


def _listed_with_folder(source: str, sides: dict[str, str]) -> str | None:
    """Lists may name `folder/stem`."""
    parts = join(folder_of(source), stem_of(source)).split("/")
    for start in range(1, len(parts) - 1):
        found = sides.get("/".join(parts[start:]))
        if found:
            return found
    return None


def _read_object(element: Any, marks: ItemMarks) -> None:
    label = _name(element)
    for tag, kind in OTHER_SHAPES.items():
        if element.find(tag) is not None:
            marks.unsupported(kind, f"VOC <{tag}> is not read, and not flattened to a box")
            return
    for part in element.findall("part"):
        marks.refuse("box", f"<part> {(_name(part) or '?')[:40]} of an object is not read")
    box = element.find("bndbox")
    if box is None:
        marks.refuse("box", "the object has no <bndbox>")
        return
    xmin, ymin, xmax, ymax = (number((box.findtext(tag) or "").strip()) for tag in ("xmin", "ymin", "xmax", "ymax"))
    # 1-based and inclusive: pixel 1 is the first, and a box from 5 to 5 is one pixel wide.
    marks.box(label, (xmin - 1, ymin - 1, xmax - xmin + 1, ymax - ymin + 1), _attributes(element), _score(element))


def _name(element: Any) -> str:
    node = element.find("name")
    text = (node.text or "") if node is not None else ""
    preserved = node is not None and node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    return text if preserved else text.strip()


def _score(element: Any) -> float | None:
    text = (element.findtext("score") or "").strip()
    value = number(text) if text else -1.0
    return value if 0 <= value <= 1 else None


def _attributes(element: Any) -> dict[str, AttributeValue]:
    """Flags that are set, a pose that is said, and the list <attributes>; what is left at its default is not kept."""
    found: dict[str, AttributeValue] = {}
    for flag in ("difficult", "truncated", "occluded"):
        if (element.findtext(flag) or "").strip().lower() in ("1", "true"):
            found[flag] = True
    pose = (element.findtext("pose") or "").strip()
    if pose and pose.lower() != "unspecified":
        found["pose"] = pose
    for action in element.findall("actions/*"):
        found[str(action.tag)] = (action.text or "").strip() == "1"
    for entry in element.findall("attributes/attribute"):
        key = entry.findtext("name")
        if key:
            found[key] = _attribute_value(entry)
    return found


def _attribute_value(entry: Any) -> AttributeValue:
    texts = [node.text or "" for node in entry.findall("value")]
    kind = entry.get("type")
    if kind == "list":
        return texts
    text = texts[0] if texts else ""
    if kind == "truth":
        return text == "true"
    if kind == "number":
        return number(text)
    return text


def _whole(text: str | None) -> int | None:
    value = number((text or "").strip())
    return int(value) if value == value and 0 < value < 1e7 else None
