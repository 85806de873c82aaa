"""One page for each media type and each check, written from the registries, with a program that was run."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scripts import guide_examples

from tests.architecture.skeleton import ROOT
from tongguan.catalog.media.registry import MEDIA_TYPES
from tongguan.prepare.checks import CHECKS


def test_every_member_has_an_example() -> None:
    assert set(guide_examples.MEDIA) == set(MEDIA_TYPES)
    assert set(guide_examples.CHECKS) == set(CHECKS)
    for folder, names in (("media", MEDIA_TYPES), ("checks", CHECKS)):
        pages = {page.stem for page in (ROOT / "docs" / "guides" / folder).glob("*.md")}
        assert pages == {*names, "README"}


def test_the_pages_are_as_written_and_their_programs_print_what_they_say() -> None:
    pytest.importorskip("av", reason="the page of video runs PyAV, which comes with the extra `video`")
    script = ROOT / "scripts" / "catalog_guides.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, f"run: python scripts/catalog_guides.py\n{done.stdout}{done.stderr}"
