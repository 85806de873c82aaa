"""Writes docs/guides/media/ and docs/guides/checks/: one page for each member of the registries, with its example run.

`python scripts/catalog_guides.py` rewrites them; with `--check` it says which differ and ends with exit code 1.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tongguan.catalog.media.base import MediaType
from tongguan.catalog.media.registry import MEDIA_TYPES
from tongguan.prepare.checks import CHECKS
from tongguan.prepare.checks.page import CHINESE

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts import guide_examples  # noqa: E402

GUIDES = ROOT / "docs" / "guides"


def pages() -> dict[Path, str]:
    """Every page by its place."""
    programs = {f"media/{name}": code for name, code in guide_examples.MEDIA.items()}
    programs |= {f"checks/{name}": code for name, code in guide_examples.CHECKS.items()}
    printed = run_all(programs)
    found: dict[Path, str] = {}
    media = ["# Media types 媒体类型", "", "What items can be. Each is one folder of `catalog/media/`.", ""]
    for kind, member in MEDIA_TYPES.items():
        media.append(f"- [`{kind}`]({kind}.md) {member.title['en']} {member.title['zh']}")
        found[GUIDES / "media" / f"{kind}.md"] = media_page(member, printed[f"media/{kind}"])
    found[GUIDES / "media" / "README.md"] = "\n".join(media) + "\n"
    checks = ["# Checks of the data gate 数据关的检查", "", "Each is one file of `prepare/checks/`.", ""]
    for name, check in CHECKS.items():
        effect = "closes the gate 关闸" if check.closes else "warns 提醒"
        checks.append(f"- [`{name}`]({name}.md) {check.title} {CHINESE[name]}: {effect}")
        found[GUIDES / "checks" / f"{name}.md"] = check_page(name, printed[f"checks/{name}"])
    found[GUIDES / "checks" / "README.md"] = "\n".join(checks) + "\n"
    return found


def media_page(member: MediaType, printed: str) -> str:
    """The page of a media type."""
    kind = type(member)
    endings = ", ".join(f"`{ending}`" for ending in sorted(member.suffixes)) or "told by content, not by ending"
    lines = [
        f"# {member.title['en']} {member.title['zh']} (`{member.id}`)",
        "",
        _words(inspect.getmodule(kind)),
        "",
        f"- Endings 扩展名: {endings}",
        f"- Figures 数值: {', '.join(f'`{name}`' for name in member.figures)}",
        f"- Limits 上限: {member.limits}",
        f"- `probe`: {_words(kind.probe)}",
        f"- `verify`: {_words(kind.verify)}",
        f"- `preview`: {_words(kind.preview)}",
        "",
        *_example(guide_examples.MEDIA[member.id], printed),
    ]
    return "\n".join(lines) + "\n"


def check_page(name: str, printed: str) -> str:
    """The page of a check."""
    kind = type(CHECKS[name])
    own = [getattr(kind, part) for part in ("item", "batch", "table") if part in kind.__dict__]
    effect = "closes the default data gate 关闭数据关" if CHECKS[name].closes else "warns 提醒"
    lines = [
        f"# {CHECKS[name].title} {CHINESE[name]} (`{name}`)",
        "",
        _words(inspect.getmodule(kind)),
        "",
        f"- Effect 作用: {effect}. {_words(kind)}",
        *[f"- Told 报告 ({part.__name__}): {_words(part)}" for part in own],
        "",
        *_example(guide_examples.CHECKS[name], printed),
    ]
    return "\n".join(lines) + "\n"


def _words(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").split())


def _example(code: str, printed: str) -> list[str]:
    """A program and what it prints."""
    return ["```python", code.strip(), "```", "", "prints 输出", "", "```", printed.strip(), "```"]


def run_all(programs: dict[str, str]) -> dict[str, str]:
    """What each program prints, each in an empty folder, all in one child process: importing takes longer than running.

    Raises RuntimeError with the words of the first that fails.
    """
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "--run"],
        input=json.dumps(programs),
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    printed: dict[str, str] = json.loads(done.stdout)
    return printed


def _run_here() -> int:
    """The child process of `run_all`."""
    printed = {}
    for name, code in json.load(sys.stdin).items():
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(out):
            exec(compile(code, name, "exec"), {"__name__": "__example__"})  # noqa: S102 - our own programs
        printed[name] = out.getvalue()
    json.dump(printed, sys.stdout)
    return 0


def main() -> int:
    """Writes the pages, or compares them."""
    if "--run" in sys.argv:
        return _run_here()
    wanted = pages()
    old = {path for folder in ("media", "checks") for path in (GUIDES / folder).glob("*.md")}
    differing = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    differing += sorted(old - set(wanted))
    if "--check" in sys.argv:
        print("\n".join(str(path.relative_to(ROOT)) for path in differing))
        return 1 if differing else 0
    for path in old - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
