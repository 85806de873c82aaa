"""The page about settings says what the program knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tongguan.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_agrees_with_the_program() -> None:
    script = ROOT / "scripts" / "settings_guide.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert done.returncode == 0, "run: python scripts/settings_guide.py"


def test_every_setting_has_words() -> None:
    page = (ROOT / "docs" / "guides" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"`TONGGUAN_{name.upper()}`" in page
