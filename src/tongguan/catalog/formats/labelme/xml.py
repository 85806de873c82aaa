"""The XML of the LabelMe web tool (MIT): polygons, rectangles, and masks that lie in a folder of their own."""

from __future__ import annotations

from functools import partial
from typing import Any

from tongguan.catalog.formats import shapes
from tongguan.catalog.formats.base import ReadError, Tree
from tongguan.catalog.formats.gather import Entry, Places
from tongguan.catalog.formats.marks import ItemMarks, number
from tongguan.catalog.formats.masks import mask_of_file
from tongguan.catalog.formats.paths import folder_of, join, side_of_folders, stem_of
from tongguan.catalog.formats.text import read_bytes
from tongguan.catalog.formats.xmlio import body_of, parse
from tongguan.catalog.labels.base import AttributeValue

LABEL_FOLDERS = ("annotations", "annotation")
PICTURE_FOLDERS = ("Images", "images")
HIDDEN = frozenset({"Masks", "masks", "Scribbles", "scribbles"})


def is_xml(head: bytes, path: str) -> bool:
    """Root <annotation> with the signs of the web tool."""
    body = body_of(head)
    return body.startswith(b"<annotation") and (
        b"<imagesize" in body or b"<sourceImage" in body or b"<polygon><username" in body.replace(b" ", b"")
    )


def is_mask_file(path: str) -> bool:
    """Masks and scribbles are labels, no items."""
    return any(part in HIDDEN for part in path.split("/")[:-1])


def xml_entry(tree: Tree, path: str, places: Places) -> Entry:
    """The item of one file. ReadError when it cannot be read."""
    root = parse(read_bytes(tree, path), path)
    if root is None:
        raise ReadError(f"{path}: the file is empty")
    called = (root.findtext("filename") or "").strip()
    picture = places.across(path, stem_of(path), LABEL_FOLDERS, PICTURE_FOLDERS)
    name = picture or join(folder_of(path), called or stem_of(path) + ".jpg")
    width, height = (number(root.findtext(f"imagesize/{key}")) for key in ("ncols", "nrows"))
    size = (int(width), int(height)) if width > 0 and height > 0 else None
    fill = partial(_fill, tree, root, path, size)
    return Entry(
        name,
        path,
        fill,
        side=side_of_folders(path),
        path=picture,
        size=size,
    )


def _fill(tree: Tree, root: Any, path: str, size: tuple[int, int] | None, marks: ItemMarks) -> None:
    for element in root.iter("object"):
        if (element.findtext("deleted") or "").strip() == "1":
            continue
        label = (element.findtext("name") or "").strip()
        given = _attributes(element)
        identity = (element.findtext("id") or "").strip()
        boxed = (element.findtext("type") or "").strip() == "bounding_box"
        if element.find("segm") is not None:
            _mask(tree, element, path, size, marks)
            continue
        places = [(number(pt.findtext("x")), number(pt.findtext("y"))) for pt in element.findall("polygon/pt")]
        if boxed and len(places) == 4:
            marks.box(label, shapes.bounds_of(places), given, identity=identity)
        elif len(places) < 3:
            marks.refuse("polygon", f"{len(places)} points; an outline has at least three")
        else:
            marks.add(label, shapes.polygon(places), given, identity=identity)


def _mask(tree: Tree, element: Any, path: str, size: tuple[int, int] | None, marks: ItemMarks) -> None:
    label = (element.findtext("name") or "").strip()
    called = (element.findtext("segm/mask") or "").strip()
    parts = folder_of(path).split("/")
    at = next((at for at, part in enumerate(parts) if part.lower() in LABEL_FOLDERS), None)
    folder = "/".join(parts) if at is None else "/".join([*parts[:at], "Masks", *parts[at + 1 :]])
    try:
        shape = mask_of_file(tree, join(folder, called), size)
    except shapes.Unreadable as error:
        marks.refuse("mask", str(error))
        return
    marks.add(label, shape, _attributes(element), identity=(element.findtext("id") or "").strip())


def _attributes(element: Any) -> dict[str, AttributeValue]:
    """`occluded` where it is, and the list of attributes: `key=value` or the word alone, parted by commas."""
    found: dict[str, AttributeValue] = {}
    if (element.findtext("occluded") or "").strip() == "yes":
        found["occluded"] = True
    for word in (element.findtext("attributes") or "").split(","):
        key, _, value = word.strip().partition("=")
        if key:
            found[key] = value or True
    return found
