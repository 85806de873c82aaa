"""Imports go down only, stages keep their insides to themselves; planted violations prove that each guard fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.architecture import skeleton
from tests.architecture.rooms import build_graph, find_trespasses, pure_on_disk, read_contracts, stages_on_disk
from tests.architecture.skeleton import PACKAGE, ROOT


def test_all_contracts_of_import_linter_are_kept() -> None:
    done = skeleton.lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_no_room_reaches_into_a_stage() -> None:
    trespasses = find_trespasses(build_graph())
    assert not trespasses, "\n".join(trespasses)


def test_every_stage_stands_in_the_contract_of_its_inside() -> None:
    listed = set(read_contracts(ROOT / ".importlinter")["inside-a-stage"]["containers"]) - {""}
    assert listed == {f"tongguan.{stage}" for stage in stages_on_disk(PACKAGE)}


def test_every_pure_subpackage_has_a_contract_that_names_its_whole_stage() -> None:
    contracts = read_contracts(ROOT / ".importlinter").values()
    for name in pure_on_disk(PACKAGE):
        own = [each for each in contracts if f"tongguan.{name}" in each.get("source_modules", [])]
        assert own, f"tongguan.{name} has no contract in .importlinter"
        stage = name.partition(".")[0]
        for module in ("sqlalchemy", "fastapi", "tongguan.core.database", f"tongguan.{stage}.*"):
            assert module in own[0]["forbidden_modules"], f"the contract of tongguan.{name} does not forbid {module}"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return skeleton.build(tmp_path)


def broken(house: Path) -> str:
    """What import-linter says about the copy; the contracts must be broken, not wrongly configured."""
    done = skeleton.lint_imports(house.parents[1])
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout, done.stdout + done.stderr
    return done.stdout


def test_the_skeleton_itself_is_sound(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skeleton.write(
        house / "quality" / "service.py", "from tongguan.annotate import interface\nimport tongguan.core.database\n"
    )
    skeleton.write(house / "api" / "app.py", "from tongguan.quality import endpoints\nimport tongguan.settle.payslip\n")
    skeleton.write(
        house / "train" / "recipes" / "detection" / "run.py",
        "import torch\nimport tongguan.train.recipes.torch_parts\n",
    )
    done = skeleton.lint_imports(house.parents[1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert trespasses_of(house, monkeypatch) == []


@pytest.mark.parametrize(
    ("module", "text", "contract"),
    [
        ("annotate/service.py", "import tongguan.quality.interface\n", "Rooms"),
        ("annotate/service.py", "def late():\n    import tongguan.quality.interface\n", "Rooms"),  # lazy
        ("core/database.py", "import tongguan.people.interface\n", "Rooms"),
        ("catalog/labels.py", "from tongguan.cli import nothing\n", "Rooms"),
        ("settle/service.py", "import tongguan.academy.interface\n", "Rooms"),  # neighbours
        ("misc/__init__.py", "", "Rooms"),  # a room that nobody listed
        ("quality/repository.py", "import tongguan.quality.service\n", "Inside a stage"),
        ("quality/models.py", "import tongguan.quality.repository\n", "Inside a stage"),
        ("quality/service.py", "import tongguan.quality.endpoints\n", "Inside a stage"),
        ("catalog/labels.py", "import sqlalchemy\n", "The catalog knows no database"),
        ("catalog/labels.py", "import tongguan.core.database\n", "The catalog knows no database"),
        ("quality/service.py", "import torch\n", "PyTorch"),
        ("train/recipes/detection/manifest.py", "import torch\n", "PyTorch"),
        ("quality/aggregation/__init__.py", "import tongguan.quality.schemas\n", "quality.aggregation"),
        ("quality/sampling/__init__.py", "import tongguan.quality.aggregation\n", "quality.sampling"),
        ("settle/payslip/__init__.py", "import tongguan.core.database\n", "settle.payslip"),
        ("train/recipes/registry.py", "import fastapi\n", "train.recipes"),
    ],
)
def test_planted_import_is_found(house: Path, module: str, text: str, contract: str) -> None:
    skeleton.write(house / module, text)
    words = broken(house)
    assert any(line.startswith(contract) and " BROKEN" in line for line in words.splitlines()), words


def test_planted_circle_is_found(house: Path) -> None:
    for room, other in (("api", "worker"), ("worker", "api")):  # one layer, so the order alone would allow it
        skeleton.write(house / room / "a.py", f"import tongguan.{other}.a\n")
    assert "No circles between rooms BROKEN" in broken(house)


def trespasses_of(house: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The graph test on the copy, in place of the real package."""
    for name in [name for name in sys.modules if name.split(".")[0] == "tongguan"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(house.parent))
    return find_trespasses(build_graph())


@pytest.mark.parametrize(
    ("module", "text", "found"),
    [
        (
            "settle/service.py",
            "import tongguan.quality.service\n",
            "tongguan.settle.service -> tongguan.quality.service",
        ),
        (
            "settle/service.py",
            "from tongguan.quality import models\n",
            "tongguan.settle.service -> tongguan.quality.models",
        ),
        ("api/app.py", "import tongguan.quality.repository\n", "tongguan.api.app -> tongguan.quality.repository"),
        ("api/app.py", "def late():\n    import tongguan.rules.jobs\n", "tongguan.api.app -> tongguan.rules.jobs"),
        (
            "train/recipes/registry.py",
            "import tongguan.train.recipes.detection.run\n",
            "tongguan.train.recipes.registry -> tongguan.train.recipes.detection.run",
        ),
        (
            "cli/train.py",
            "import tongguan.train.recipes.torch_parts\n",
            "tongguan.cli.train -> tongguan.train.recipes.torch_parts",
        ),
    ],
)
def test_planted_reach_into_a_stage_is_found(
    house: Path, monkeypatch: pytest.MonkeyPatch, module: str, text: str, found: str
) -> None:
    skeleton.write(house / module, text)
    assert [line.partition(":")[0] for line in trespasses_of(house, monkeypatch)] == [found]
