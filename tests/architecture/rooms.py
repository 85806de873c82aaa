"""What may be imported of a stage from outside, checked on the graph of all imports (lazy ones too)."""

from __future__ import annotations

import configparser
from pathlib import Path

import grimp

_STAGES = (
    "people projects collect prepare rules annotate quality academy datasets settle train evaluate deploy reports "
    "connect flows"
)
STAGES = frozenset(_STAGES.split())
# Pure subpackages, importable from any room above, for commands without a database (CONTRACTS section 2).
PURE = frozenset(
    {
        "prepare.checks",
        "quality.aggregation",
        "quality.sampling",
        "settle.payslip",
        "datasets.splitting",
        "train.recipes",
        "evaluate.measure",
        "deploy.wire",
    }
)
OFFERED = frozenset({"interface", "events", "schemas"})
# Entry points wire: the API takes the routes of a stage, the worker its jobs.
WIRING = {"api": frozenset({"endpoints"}), "worker": frozenset({"jobs"}), "cli": frozenset(), "runner": frozenset()}
# The heavy half of recipes: loaded by name in a child process, imported only by itself.
HEAVY_PARTS = ("run", "torch_parts", "tree_parts")


def build_graph() -> grimp.ImportGraph:
    """Imports of the package as it is found on the path."""
    return grimp.build_graph("tongguan", cache_dir=None)


def find_trespasses(graph: grimp.ImportGraph) -> list[str]:
    """Imports of a stage's inside from another room, and imports of a recipe's heavy half from outside it."""
    found = []
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            reason = _forbidden(importer.split(".")[1:], imported.split(".")[1:])
            if reason:
                found.append(f"{importer} -> {imported}: {reason}")
    return found


def _forbidden(importer: list[str], imported: list[str]) -> str:
    if imported[:2] == ["train", "recipes"] and _heavy(imported) and not _heavy(importer):
        return "only a recipe's run may import this; everybody else starts it as a child process"
    if not importer or len(imported) < 2 or imported[0] not in STAGES or importer[0] == imported[0]:
        return ""
    if imported[1] in OFFERED | WIRING.get(importer[0], frozenset()) or ".".join(imported[:2]) in PURE:
        return ""
    return f"another room may import only {', '.join(sorted(OFFERED))} and the pure subpackages of {imported[0]}"


def _heavy(module: list[str]) -> bool:
    if module[:2] != ["train", "recipes"]:
        return False
    return module[2:3] in (["torch_parts"], ["tree_parts"]) or module[3:4] == ["run"]


def stages_on_disk(package: Path) -> set[str]:
    """Stages that exist under src/tongguan."""
    return {stage for stage in STAGES if (package / stage / "__init__.py").exists()}


def pure_on_disk(package: Path) -> set[str]:
    """Pure subpackages that exist under src/tongguan, dotted."""
    return {name for name in PURE if (package / name.replace(".", "/") / "__init__.py").exists()}


def read_contracts(path: Path) -> dict[str, dict[str, list[str]]]:
    """Contracts of the import-linter file by id: option -> lines."""
    parser = configparser.ConfigParser()
    parser.read(path, encoding="utf-8")
    prefix = "importlinter:contract:"
    return {
        name.removeprefix(prefix): {option: value.split("\n") for option, value in parser[name].items()}
        for name in parser.sections()
        if name.startswith(prefix)
    }
