"""A small copy of the house, to plant violations in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.rooms import pure_on_disk, stages_on_disk

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tongguan"
STAGE_MODULES = ("interface", "service", "repository", "models", "schemas", "events", "endpoints", "jobs")


def build(folder: Path) -> Path:
    """Writes empty modules with the names of the real rooms and the real contracts; gives src/tongguan of the copy."""
    package = folder / "src" / "tongguan"
    names = {room.name for room in PACKAGE.iterdir() if (room / "__init__.py").exists()}
    for room in names | {"api", "cli", "worker"}:
        write(package / room / "__init__.py", "")
    write(package / "__init__.py", "")
    write(package / "core" / "database.py", "import sqlalchemy\n")
    write(package / "catalog" / "labels.py", "")
    for stage in sorted(stages_on_disk(PACKAGE)):
        for module in STAGE_MODULES:
            write(package / stage / f"{module}.py", "")
    for name in pure_on_disk(PACKAGE):
        write(package / name.replace(".", "/") / "__init__.py", "")
    write(package / "train" / "recipes" / "registry.py", "")
    write(package / "train" / "recipes" / "torch_parts" / "__init__.py", "import torch\n")
    for recipe in ("detection", "other"):
        write(package / "train" / "recipes" / recipe / "__init__.py", "")
        write(package / "train" / "recipes" / recipe / "manifest.py", "")
        write(package / "train" / "recipes" / recipe / "run.py", "import torch\n")
    shutil.copy(ROOT / ".importlinter", folder / ".importlinter")
    return package


def write(path: Path, text: str) -> None:
    """Writes a file and the folders and packages above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs import-linter in a folder, on the package that lies there."""
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(folder / ".importlinter"),
    ]
    return run(command, folder, PYTHONPATH=str(folder / "src"), COLUMNS="200")


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a tool and keeps what it printed."""
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=240, check=False
    )
