"""Where the picture of a COCO entry lies: layouts of COCO itself, Datumaro, MMDetection and Roboflow."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.catalog.formats.coco.document import Document
from tongguan.catalog.formats.paths import folder_of, join
from tongguan.catalog.formats.pictures import PictureIndex

PICTURE_FOLDERS = ("images", "JPEGImages", "Images", "image", "data", "")


class Resolver:
    """Finds pictures by the name that a label file uses."""

    def __init__(self, pictures: PictureIndex) -> None:
        self._pictures = pictures
        self._folders: dict[int, tuple[str, ...]] = {}

    def find(self, document: Document, name: str) -> str | None:
        """The picture's path in the tree, or None when it is absent or cannot be told from others of its name."""
        folders = self._folders.get(document.number)
        if folders is None:
            folders = self._folders[document.number] = tuple(dict.fromkeys(_folders(document)))
        found = self._pictures.first_known(f"{folder}/{name}" if folder else name for folder in folders)
        if found:
            return found
        found = self._pictures.anywhere(name, document.root, document.word or None)
        return found or self._pictures.anywhere(name, "", document.word or None)


def _folders(document: Document) -> Iterator[str]:
    """Where the pictures of a file may lie, the likeliest first."""
    folder = folder_of(document.path)
    if document.root == folder:
        yield folder
    for base in (document.root, folder, ""):
        for pictures_folder in PICTURE_FOLDERS:
            if document.word:
                yield join(base, pictures_folder, document.word)
                yield join(base, document.word, pictures_folder)
            yield join(base, pictures_folder)
