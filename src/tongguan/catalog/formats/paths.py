"""Paths inside trees: what is safe, what is junk, and which side of a split a name stands for."""

from __future__ import annotations

import re

LONGEST_PATH = 1024

SIDES = {
    "train": "train",
    "training": "train",
    "val": "kept",
    "valid": "kept",
    "validation": "kept",
    "dev": "kept",
    "test": "test",
    "testing": "test",
    "line": "line",
}
SIDE_NAMES = {"train": "train", "kept": "val", "line": "line", "test": "test"}

_WORDS = "|".join(sorted(SIDES, key=len, reverse=True))
_STEM_SIDE = re.compile(rf"(?:^|[_\-. ])({_WORDS})(?:\d{{4}})?$|^({_WORDS})(?:\d{{4}})?[_\-. ]", re.IGNORECASE)
_FOLDER_SIDE = re.compile(rf"^({_WORDS})(?:\d{{4}})?$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
# Parts that begin with a letter, a digit or `_` and hold nothing that `safe_path` looks at: what most paths are.
_ORDINARY = re.compile(r"\w[\w.\-]*(?:/\w[\w.\-]*)*")
_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


def safe_path(path: str) -> str | None:
    """The path with `/`, without `.` parts; None when it is absolute, holds `..`, a drive or a control character."""
    if len(path) <= LONGEST_PATH and _ORDINARY.fullmatch(path):
        return path
    text = path.replace("\\", "/")
    if not text or len(text) > LONGEST_PATH or _CONTROL.search(text):
        return None
    if text.startswith("/") or _DRIVE.match(text):
        return None
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return None
    return "/".join(parts)


def is_junk(path: str) -> bool:
    """Files that systems and archivers leave behind, and hidden ones."""
    if path.startswith(".") or "/." in path:
        return True
    if "__MACOSX" in path and "__MACOSX" in path.split("/"):
        return True
    return path.rpartition("/")[2].lower() in _JUNK_NAMES


def stem_of(path: str) -> str:
    """The file's name without folder and last suffix."""
    base = path.rstrip("/").rpartition("/")[2]
    return base[: len(base) - len(_suffix(base))]


def folder_of(path: str) -> str:
    """The path of the folder, "" at the top."""
    return path.rpartition("/")[0]


def suffix_of(path: str) -> str:
    """The last suffix in lower case, with its dot."""
    whole = path.rstrip("/")
    dot = whole.rfind(".")
    return whole[dot:].lower() if whole.rfind("/") + 1 < dot < len(whole) - 1 else ""


def _suffix(base: str) -> str:
    """As pathlib has it: a leading dot begins no suffix, and a dot at the end is none."""
    dot = base.rfind(".")
    return base[dot:] if 0 < dot < len(base) - 1 else ""


def join(*parts: str) -> str:
    """Parts joined with `/`, empty ones left out."""
    return "/".join([bare for part in parts if (bare := part.strip("/"))])


def side_of_folders(path: str) -> str | None:
    """The side that the nearest folder of that name says: train, kept (val, valid, validation, dev), test or line."""
    for part in reversed(path.split("/")[:-1]):
        match = _FOLDER_SIDE.match(part)
        if match:
            return SIDES[match.group(1).lower()]
    return None


def side_of_stem(stem: str) -> tuple[str, str] | None:
    """(side, the word as written with its year) where a file's stem begins or ends with one: instances_val2017."""
    match = _STEM_SIDE.search(stem)
    if not match:
        return None
    word = match.group(1) or match.group(2)
    return SIDES[word.lower()], match.group(0).strip("_-. ")


def side_folder(side: str | None) -> str:
    """The folder and list name of a side in exports; "" for no side."""
    return SIDE_NAMES.get(side or "", "")
