"""The words of reports, in Chinese and English: words_zh.toml and words_en.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    language: tomllib.loads((Path(__file__).parent / f"words_{language}.toml").read_text(encoding="utf-8"))
    for language in ("zh", "en")
}
