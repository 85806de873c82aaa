"""Writes docs/guides/settings.md from the settings of the program: names, defaults, what they do."""

from __future__ import annotations

import sys
from pathlib import Path
from types import NoneType
from typing import get_args

from pydantic.fields import FieldInfo

from tongguan.core.settings import Settings

TARGET = Path(__file__).resolve().parent.parent / "docs" / "guides" / "settings.md"
HEAD = """# Settings

Written by `python scripts/settings_guide.py` from `src/tongguan/core/settings.py`; a test compares them.

Each setting is an environment variable, or a line in `tongguan.toml` in the data folder, under its name in lower case
without `TONGGUAN_` (`public_url = "https://label.example.com"`). An option of the command line wins over the
environment, the environment over the file, the file over the default. The data folder itself is given by
`tongguan serve --data FOLDER` or `TONGGUAN_DATA_DIR` only, since the file lies in it.

| variable | value | default | what it does |
|---|---|---|---|
"""


def text() -> str:
    """The whole page."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.default is None or field.default == "" else f"`{field.default}`"
    words = str(field.description).replace("|", "\\|")
    return f"| `TONGGUAN_{name.upper()}` | {_kind(field)} | {default} | {words} |\n"


def _kind(field: FieldInfo) -> str:
    kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not NoneType]
    names = {"str": "text", "int": "number", "float": "number", "bool": "true or false", "Path": "folder"}
    return ", ".join(names.get(getattr(kind, "__name__", ""), str(kind)) for kind in kinds)


def main() -> int:
    """Writes the page; with --check only compares, exit code 1 when it differs."""
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text() else 1
    TARGET.write_text(text(), encoding="utf-8")
    print(TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
