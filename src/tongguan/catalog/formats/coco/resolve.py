"""Where the picture of a COCO entry lies: layouts of COCO itself, Datumaro, MMDetection and Roboflow."""

from __future__ import annotations

from tongguan.catalog.formats.coco.document import Document
from tongguan.catalog.formats.paths import folder_of, join
from tongguan.catalog.formats.pictures import PictureIndex

PICTURE_FOLDERS = ("images", "JPEGImages", "Images", "image", "data", "")


class Resolver:
    """Finds pictures by the name that a label file uses."""

    def __init__(self, pictures: PictureIndex) -> None:
        self._pictures = pictures

    def find(self, document: Document, name: str) -> str | None:
        """The picture's path in the tree, or None when it is absent or cannot be told from others of its name."""
        folder = folder_of(document.path)
        candidates = [join(folder, name)] if document.root == folder else []
        for base in dict.fromkeys((document.root, folder, "")):
            for pictures_folder in PICTURE_FOLDERS:
                if document.word:
                    candidates.append(join(base, pictures_folder, document.word, name))
                    candidates.append(join(base, document.word, pictures_folder, name))
                candidates.append(join(base, pictures_folder, name))
        found = self._pictures.first_known(candidates)
        if found:
            return found
        found = self._pictures.anywhere(name, document.root, document.word or None)
        return found or self._pictures.anywhere(name, "", document.word or None)
