"""The sizes of this code, and that the checker sees what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.limits import check_python, check_web, find_excesses, read_exceptions

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).parent / "limit_exceptions.txt"
# How long the list of exceptions may be. Lower it when one is gone; it never goes up.
MOST_EXCEPTIONS = 0


def test_nothing_is_larger_than_the_limits() -> None:
    allowed = read_exceptions(EXCEPTIONS)
    broken = [f"{excess.key}: {excess.message}" for excess in find_excesses(ROOT) if excess.key not in allowed]
    assert not broken, "\n".join(broken)


def test_the_list_of_exceptions_only_shrinks() -> None:
    allowed = read_exceptions(EXCEPTIONS)
    assert len(allowed) <= MOST_EXCEPTIONS
    assert all(allowed.values()), "an exception needs a reason"
    needed = {excess.key for excess in find_excesses(ROOT)}
    assert set(allowed) <= needed, "these exceptions are no longer needed: remove them"


def lines(number: int, line: str = "x = 1\n") -> str:
    return line * number


def long_function(number: int, name: str = "f") -> str:
    return f"def {name}():\n" + "    x = 1\n" * (number - 1)


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("src/tongguan/core/a.py", lines(401), "file"),
        ("tests/core/test_a.py", lines(601), "file"),
        ("src/tongguan/core/a.py", long_function(61), "f"),
        ("src/tongguan/core/a.py", long_function(61).replace("def", "async def"), "f"),
        ("src/tongguan/core/a.py", "class A:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(21)), "A"),
        ("src/tongguan/core/utils.py", "x = 1\n", "name"),
        ("src/tongguan/helpers/a.py", "x = 1\n", "name"),
        ("src/tongguan/core/a.py", "import importlib\nimportlib.import_module('tongguan.api')\n", "import"),
        ("src/tongguan/core/a.py", "name = 'tongguan.api'\n__import__(name)\n", "import"),
    ],
)
def test_planted_excess_in_python_is_found(name: str, text: str, what: str) -> None:
    assert [excess.what for excess in check_python(name, text)] == [what]


def test_methods_and_inner_functions_are_measured_and_named() -> None:
    body = "class A:\n    def m(self):\n" + "        x = 1\n" * 60
    assert [excess.what for excess in check_python("src/a.py", body)] == ["A.m"]
    nested = "def outer():\n    def inner():\n" + "        x = 1\n" * 60
    assert [excess.what for excess in check_python("src/a.py", nested)] == ["outer", "outer.inner"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/tongguan/core/a.py", lines(400)),
        ("tests/core/test_a.py", lines(600)),
        ("src/tongguan/core/a.py", long_function(60)),
        ("src/tongguan/core/a.py", "class A:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(20))),
        ("src/tongguan/cli/main.py", "import importlib\nimportlib.import_module('tongguan.cli.serve')\n"),
        ("src/tongguan/train/recipes/registry.py", "import importlib\nimportlib.import_module('tongguan.x')\n"),
        ("src/tongguan/core/a.py", "import importlib\nimportlib.import_module('re._parser')\n"),
    ],
)
def test_what_is_allowed_in_python(name: str, text: str) -> None:
    assert check_python(name, text) == []


def web_class(methods: int) -> str:
    return "export class Editor {\n" + "".join(f"  method{n}(): void {{}}\n" for n in range(methods)) + "}\n"


def test_planted_excess_in_typescript_is_found() -> None:
    assert [excess.what for excess in check_web("web/src/a.ts", lines(301, "let x = 1;\n"))] == ["file"]
    assert [excess.what for excess in check_web("web/src/a.ts", web_class(21))] == ["Editor"]
    assert check_web("web/src/a.ts", lines(300, "let x = 1;\n") + "") == []
    assert check_web("web/src/a.ts", web_class(20)) == []


def test_planted_excess_in_a_tree_is_found_and_generated_files_are_not(tmp_path: Path) -> None:
    for name, text in {
        "src/tongguan/core/long.py": lines(401),
        "web/src/editor/long.tsx": lines(301, "let x = 1;\n"),
        "web/src/api/schema.d.ts": lines(3000, "type x = 1;\n"),
        "web/src/node_modules/x/long.ts": lines(3000, "type x = 1;\n"),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert [excess.key for excess in find_excesses(tmp_path)] == [
        "src/tongguan/core/long.py::file",
        "web/src/editor/long.tsx::file",
    ]


def test_exceptions_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "exceptions.txt"
    path.write_text("# words\n\nsrc/a.py::file until the parser is split\nsrc/b.py::f\n", encoding="utf-8")
    assert read_exceptions(path) == {"src/a.py::file": "until the parser is split", "src/b.py::f": ""}
