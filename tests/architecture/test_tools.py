"""ruff, mypy, TypeScript and Biome find what they are there for: planted violations, the project's own settings."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.skeleton import ROOT, run, write

WEB = ROOT / "web"
BIN = Path(sys.executable).parent

VIOLATIONS = {
    "PLC0415": "def late() -> None:\n    import json\n\n    json.dumps(1)\n",
    "T201": "print('words')\n",
    "BLE001": "try:\n    x = 1\nexcept Exception:\n    x = 2\n",
    "E722": "try:\n    x = 1\nexcept:\n    x = 2\n",
    "PTH118": "import os\n\nplace = os.path.join('a', 'b')\n",
    "TID251": "import pickle\n\npickle.dumps(1)\n",
    "DTZ005": "from datetime import datetime\n\nmoment = datetime.now()\n",
    "S301": "import pickle\n\npickle.loads(b'')\n",
    "S608": "name = input()\nquery = f'SELECT * FROM {name}'\n",
    "PLR0913": f"def f({', '.join(f'a{n}: int' for n in range(10))}) -> None: ...\n",
    "C901": "def f(x: int) -> int:\n"
    + "".join(f"    if x == {n}:\n        x += {n}\n" for n in range(13))
    + "    return x\n",
    "F401": "import json\n",
    "RET505": "def f(x: int) -> int:\n    if x:\n        return 1\n    else:\n        return 2\n",
}


@pytest.fixture(scope="module")
def planted_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for code, text in VIOLATIONS.items():
        write(folder / "src" / "tongguan" / "core" / f"{code.lower()}.py", text)
    return folder


@pytest.fixture(scope="module")
def ruff_finds(planted_python: Path) -> dict[str, set[str]]:
    done = run([str(BIN / "ruff"), "check", "--no-cache", "--output-format", "json", "."], planted_python)
    assert done.returncode == 1, done.stderr
    found: dict[str, set[str]] = {}
    for each in json.loads(done.stdout):
        found.setdefault(Path(each["filename"]).stem, set()).add(each["code"])
    return found


@pytest.mark.parametrize("code", sorted(VIOLATIONS))
def test_ruff_finds(code: str, ruff_finds: dict[str, set[str]]) -> None:
    assert code in ruff_finds[code.lower()]


def test_ruff_format_finds_another_format(planted_python: Path) -> None:
    write(planted_python / "src" / "tongguan" / "ugly.py", "x = { 'a':1 }\n")
    done = run([str(BIN / "ruff"), "format", "--no-cache", "--check", "src/tongguan/ugly.py"], planted_python)
    assert done.returncode == 1
    assert "ugly.py" in done.stdout


MISTYPED = {
    "return-value": "def f(x: int) -> str:\n    return x\n",
    "no-untyped-def": "def f(x):\n    return x\n",
    "type-arg": "x: list = []\n",
    "arg-type": "def f(x: str | None) -> int:\n    return len(x)\n",
}


def test_mypy_finds_each_kind_of_mistake(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for code, text in MISTYPED.items():
        write(tmp_path / "src" / f"{code.replace('-', '_')}.py", text)
    done = run([str(BIN / "mypy"), "--cache-dir", str(tmp_path / "cache"), "src"], tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    for code in MISTYPED:
        found = [line for line in done.stdout.splitlines() if line.startswith(f"src/{code.replace('-', '_')}.py:")]
        assert any(f"[{code}]" in line for line in found), done.stdout


@pytest.fixture(scope="module")
def web_tools() -> Path:
    tools = WEB / "node_modules" / ".bin"
    if not (tools / "tsc").exists() or not (tools / "biome").exists():
        pytest.skip("web/node_modules is missing: run `make web` to plant violations in TypeScript")
    return tools


@pytest.fixture
def web_copy(tmp_path: Path, web_tools: Path) -> Iterator[Path]:
    """The settings of the web project, with its installed packages, and nothing else."""
    for name in ("package.json", "tsconfig.json", "biome.json"):
        shutil.copy(WEB / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(web_tools.parent, target_is_directory=True)
    yield tmp_path
    (tmp_path / "node_modules").unlink()


MISTYPED_WEB = {
    "TS2322": "export const x: string = 1;\n",
    "TS7006": "export function f(x) {\n  return x;\n}\n",
    "TS2532": "export function first(x: string[]): number {\n  return x[0].length;\n}\n",
    "TS18047": "export function f(x: string | null): number {\n  return x.length;\n}\n",
    # a label kind that nobody draws
    "TS1360": 'type Kind = "box" | "polygon";\nexport const KINDS = { box: 1 } satisfies Record<Kind, number>;\n',
}


def test_typescript_finds_each_kind_of_mistake(web_copy: Path, web_tools: Path) -> None:
    for code, text in MISTYPED_WEB.items():
        write(web_copy / "src" / f"{code}.ts", text)
    # Without the types of Vite and Node, which take ten seconds to read and change nothing here.
    quick = {"extends": "./tsconfig.json", "compilerOptions": {"types": []}, "include": ["src"]}
    write(web_copy / "tsconfig.planted.json", json.dumps(quick))
    done = run([str(web_tools / "tsc"), "--noEmit", "-p", "tsconfig.planted.json"], web_copy)
    assert done.returncode != 0
    for code in MISTYPED_WEB:
        found = [line for line in done.stdout.splitlines() if line.startswith(f"src/{code}.ts(")]
        assert any(f"error {code}:" in line for line in found), done.stdout


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("src/planted.ts", "export const x: any = 1;\n", "noExplicitAny"),
        ("src/planted.ts", "const unused = 1;\nexport {};\n", "noUnusedVariables"),
        ("src/planted.ts", 'console.log("words");\nexport {};\n', "noConsole"),
        ("src/planted.ts", "export const  x = 1\n", "format"),
        (
            "src/editor/core/planted.ts",
            'import { useState } from "react";\n\nexport const x = useState;\n',
            "noRestrictedImports",
        ),
        (
            "src/ui/planted.ts",
            'import { page } from "../stages/rules/page";\n\nexport const x = page;\n',
            "noRestrictedImports",
        ),
    ],
)
def test_biome_finds(web_copy: Path, web_tools: Path, name: str, text: str, rule: str) -> None:
    write(web_copy / name, text)
    done = run([str(web_tools / "biome"), "check", "--colors=off", name], web_copy)
    assert done.returncode != 0
    assert rule in done.stdout + done.stderr
