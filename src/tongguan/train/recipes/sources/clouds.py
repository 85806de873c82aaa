"""Point clouds: one file, one item, with cuboids in any format of the catalog that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tongguan.catalog.formats.base import ReadItem, Tree
from tongguan.catalog.media.point_cloud import SUFFIXES
from tongguan.train.recipes.base import ItemUnreadable, UsageProblem
from tongguan.train.recipes.cloud_parts.clouds import points_of
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.reading import choose_format, open_source
from tongguan.train.recipes.sources.base import Asked, Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.reading_items import first_reason, read_items


class Clouds:
    """Contract of `Media` for point clouds."""

    id = "point_cloud"
    suffixes = SUFFIXES - {".laz"}
    at_once = 1

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """Every labelled cloud that can be read."""
        kind = asked.manifest.label_kind
        read = read_items(path, lambda tree: choose_format(tree, format_id, kind), _found, progress)
        if not read.found:
            message = f"{path} holds no point cloud with cuboids{first_reason(read.left_out)}"
            raise UsageProblem("nothing_to_train", message)
        digest = data_digest((one.sha256, label_digest(one.labels)) for one in read.found)
        found = tuple(sorted(read.found, key=lambda one: one.name))
        left_out = tuple(sorted(read.left_out, key=lambda one: one.name))
        return Source(str(path.resolve()), read.format, read.why, digest, found, left_out, read.grouped)

    def open(self, path: Path) -> OpenTree:
        """The files as they lie there."""
        return open_source(path)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The file itself."""
        yield name, content


def _found(tree: Tree, item: ReadItem) -> Found | LeftOut:
    if item.media != "point_cloud":
        return LeftOut(name=item.name, reason=f"it is no point cloud, but of the medium {item.media}")
    if item.path is None:
        return LeftOut(name=item.name, reason="the point cloud is missing")
    if item.labels is None:
        return LeftOut(name=item.name, reason="unlabelled")
    others = sorted({label.kind for label in item.labels} - {"cuboid"})
    if item.labels and len(others) and not any(label.kind == "cuboid" for label in item.labels):
        return LeftOut(name=item.name, reason=f"it has no cuboid, only {', '.join(others)}")
    try:
        with tree.open(item.path) as stream:
            content = stream.read()
        points_of(content)
    except (ItemUnreadable, OSError) as error:
        return LeftOut(name=item.name, reason=f"unreadable: {error}")
    sha = sha256_hex(content)
    labels = tuple(label for label in item.labels if label.kind == "cuboid")
    return Found(item.name, item.path, sha, labels, item.side, item.group or sha)
