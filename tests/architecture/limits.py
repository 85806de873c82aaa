"""The size limits of this code, by reading it: files, functions, classes, and imports that no tool can see.

Limits: Python file 400 lines (tests 600), TypeScript file 300, function 60, class 20 methods; no `utils`, `helpers`
or `common`; modules loaded by name only where start-up needs it. Generated files are exempt. `limit_exceptions.txt`
lists what may be larger for now; a test lets that list only shrink.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PYTHON_LINES, TEST_LINES, WEB_LINES, FUNCTION_LINES, CLASS_METHODS = 400, 600, 300, 60, 20
PYTHON_FOLDERS = ("src", "tests", "bench", "scripts")
WEB_FOLDERS = ("web/src", "web/bench", "web/e2e", "tests")
GENERATED = {"web/src/api/schema.d.ts"}
SKIPPED_PARTS = {"node_modules", "__pycache__", ".venv", "build"}
BANNED_NAMES = {"utils", "helpers", "common", "util", "helper", "misc"}
# Where a module may be loaded by its name: start-up time, recipes that must not drag in PyTorch, and the one list of
# other people's libraries for rarer file types, which may be absent.
MAY_LOAD_BY_NAME = (
    "src/tongguan/cli/",
    "src/tongguan/train/recipes/",
    "src/tongguan/catalog/media/libraries.py",
    "bench/",
    "tests/",
    "scripts/",
)
# Not code that somebody reads top to bottom: words of the two languages are one list.
WORD_LISTS = re.compile(r"^web/src/(?:.*/)?(?:zh|en)(?:/[^/]+)?\.ts$")


@dataclass(frozen=True, slots=True)
class Excess:
    """One broken limit. `what` is `file`, `name`, `import`, or the dotted name of a function or class."""

    path: str
    what: str
    message: str

    @property
    def key(self) -> str:
        """How the list of exceptions names it."""
        return f"{self.path}::{self.what}"


def find_excesses(root: Path) -> list[Excess]:
    """All broken limits under a repository root."""
    found: list[Excess] = []
    for path in _files(root, PYTHON_FOLDERS, (".py",)):
        found += check_python(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    for path in _files(root, WEB_FOLDERS, (".ts", ".tsx")):
        name = path.relative_to(root).as_posix()
        if name not in GENERATED:
            found += check_web(name, path.read_text(encoding="utf-8"))
    return found


def _files(root: Path, folders: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            inner = path.relative_to(root)
            if path.suffix in suffixes and path.is_file() and not SKIPPED_PARTS & set(inner.parts):
                yield path


def check_python(name: str, text: str) -> list[Excess]:
    """Broken limits of one Python file; `name` is its path from the root."""
    found = list(_check_file(name, text, TEST_LINES if name.startswith("tests/") else PYTHON_LINES))
    tree = ast.parse(text, filename=name)
    for dotted, node in _definitions(tree, ""):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
            if methods > CLASS_METHODS:
                found.append(Excess(name, dotted, f"class of {methods} methods; the limit is {CLASS_METHODS}"))
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES:
            found.append(Excess(name, dotted, f"function of {lines} lines; the limit is {FUNCTION_LINES}"))
    if not name.startswith(MAY_LOAD_BY_NAME):
        found += [
            Excess(name, "import", f"line {node.lineno} loads a module by name; import it at the top")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _loads_by_name(node)
        ]
    return found


def check_web(name: str, text: str) -> list[Excess]:
    """Broken limits of one TypeScript file."""
    if WORD_LISTS.match(name):
        return []
    found = list(_check_file(name, text, WEB_LINES))
    for class_name, methods in _web_classes(text):
        if methods > CLASS_METHODS:
            found.append(Excess(name, class_name, f"class of {methods} methods; the limit is {CLASS_METHODS}"))
    return found


def _check_file(name: str, text: str, limit: int) -> Iterator[Excess]:
    lines = text.count("\n")
    if lines > limit:
        yield Excess(name, "file", f"file of {lines} lines; the limit is {limit}")
    for part in Path(name).with_suffix("").parts:
        if part.split(".")[0] in BANNED_NAMES:
            yield Excess(name, "name", f"{part!r} says nothing; name what is in it")


def _definitions(
    node: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            dotted = f"{prefix}{child.name}"
            yield dotted, child
            yield from _definitions(child, f"{dotted}.")
        else:
            yield from _definitions(child, prefix)


def _loads_by_name(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and str(first.value).split(".")[0] in sys.stdlib_module_names:
        return False  # a private part of the standard library is no hidden arrow between rooms
    if isinstance(call.func, ast.Attribute):
        return call.func.attr == "import_module"
    return isinstance(call.func, ast.Name) and call.func.id in {"__import__", "import_module"}


_CLASS = re.compile(r"^(?:export )?(?:default )?(?:abstract )?class (\w+)")
# In Biome's format a method of a top-level class stands two spaces in and opens its body at the end of a line.
_WORDS = "public|private|protected|static|override|async|get|set|readonly|abstract"
_METHOD = re.compile(rf"^  (?!constructor\b)(?:(?:{_WORDS}) )*\*?#?\w+(?:<[^(]*>)?\(")  # a constructor is no method


def _web_classes(text: str) -> Iterator[tuple[str, int]]:
    name, methods = "", 0
    for line in text.splitlines():
        opened = _CLASS.match(line)
        if opened:
            name, methods = opened.group(1), 0
        elif name and line.startswith("}"):
            yield name, methods
            name = ""
        elif name and _METHOD.match(line):
            methods += 1


def read_exceptions(path: Path) -> dict[str, str]:
    """The list of exceptions: `key  reason` a line, `#` begins a comment."""
    exceptions: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, reason = line.strip().partition(" ")
        if key and not key.startswith("#"):
            exceptions[key] = reason.strip()
    return exceptions
