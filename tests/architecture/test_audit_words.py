"""Every action and kind of object that is written into the audit trail has a word in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tongguan"
# Modules that take the action from a variable, and what it can be there.
SAID = {
    "deploy/service/placing.py": {
        "created", "live", "rolled_back", "shadow", "threshold", "settings", "paused", "resumed", "retired",
    },
    "quality/service/contests.py": {"contested", "withdrawn", "confirmed"},
    "connect/service/hooks.py": {"created", "changed", "removed"},
}  # fmt: skip


def recorded() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """(file, action, kind of object) of each call of `audit.record`."""
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "audit.record(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield file.relative_to(SOURCE).as_posix(), node.args[2], node.args[3]


def constants(expression: ast.expr) -> set[str] | None:
    """The strings that an expression can be, as far as it says them itself."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    if isinstance(expression, ast.IfExp):
        one, other = constants(expression.body), constants(expression.orelse)
        return one | other if one is not None and other is not None else None
    return None


def words(language: str, section: str) -> set[str]:
    """The keys of a section of the texts."""
    text = (ROOT / "web" / "src" / "i18n" / language / "projects.ts").read_text(encoding="utf-8")
    found = re.search(rf"^  {section}: \{{\n(.*?)^  \}},", text, re.MULTILINE | re.DOTALL)
    assert found, f"{language}/projects.ts has no section {section}"
    return set(re.findall(r'^    "?(\w+)"?:', found[1], re.MULTILINE))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_audit_trail_is_shown_in_words(language: str) -> None:
    actions: set[str] = set()
    kinds: set[str] = set()
    for file, action, kind in recorded():
        said = constants(action) or SAID.get(file)
        assert said, f"{file} takes the action from a variable: name in SAID what it can be"
        actions |= said
        of = constants(kind)
        assert of, f"{file}: the kind of object is a variable"
        kinds |= of
    assert not actions - words(language, "action"), "actions without a word"
    assert not kinds - words(language, "object"), "kinds of objects without a word"
