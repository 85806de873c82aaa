"""Every format has its page, and the example on it is read as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scripts import format_pages

from tests.catalog.samples import MemoryTree
from tongguan.catalog.formats.registry import FORMATS, detect

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("format_id", FORMATS)
def test_the_page_says_what_the_registry_says(format_id: str) -> None:
    text = (ROOT / f"docs/catalog/formats/{format_id}.md").read_text(encoding="utf-8")
    assert text == format_pages.page(FORMATS[format_id]), "run: python scripts/format_pages.py"


@pytest.mark.parametrize("format_id", FORMATS)
def test_the_example_is_found_by_auto_and_read(format_id: str) -> None:
    files = format_pages.example(FORMATS[format_id])
    report = format_pages.read(FORMATS[format_id], files)
    said = re.search(r"read as (\d+) items", format_pages.page(FORMATS[format_id]))
    assert said
    assert report.items == int(said.group(1)) > 0
    assert bool(report.labels) == bool(FORMATS[format_id].kinds)
    if format_id != "class-folders":  # one folder of pictures says nothing
        assert detect(MemoryTree(files)).format.id == format_id


def test_the_list_names_every_format() -> None:
    text = (ROOT / "docs/catalog/formats/README.md").read_text(encoding="utf-8")
    assert all(f"({format_id}.md)" in text for format_id in FORMATS)
