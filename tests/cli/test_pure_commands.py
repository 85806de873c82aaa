"""aggregate, acceptance-plan, payslip: JSON of the contract, exit codes, no tracebacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tongguan.cli.main import build

RATES = """
base_fen = 350000
quota_units = 6000
[rates]
box = "6.5"
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]
at_least = "0.98"
coefficient = "1.1"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""
WORK = """person,accepted_at,unit,quantity,difficulty,outcome
w1,2026-07-01T09:00:00+08:00,box,6000,normal,accepted
w1,2026-07-02T09:00:00+08:00,box,120,hard,accepted
w1,2026-07-02T10:00:00+08:00,box,180,hard,rejected
w2,2026-07-02T10:00:00+08:00,box,1,normal,accepted
"""


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build(arguments[0]), list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def run_json(*arguments: str, code: int = 0) -> dict[str, Any]:
    found, out, err = run(*arguments, "--json")
    assert found == code, err
    value = json.loads(out)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("command", ["aggregate", "acceptance-plan", "payslip"])
def test_help_has_an_example(command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: tongguan {command}" in out


class TestAggregate:
    @pytest.fixture
    def answers(self, tmp_path: Path) -> str:
        path = tmp_path / "answers.csv"
        path.write_text("question,worker,answer\nq1,a,猫\nq1,b,狗\nq2,a,猫\nq2,b,猫\n", encoding="utf-8")
        return str(path)

    def test_majority_is_the_default(self, answers: str) -> None:
        assert run_json("aggregate", answers) == {
            "method": "majority",
            "tasks": [
                {"task": "q1", "label": "狗", "confidence": 0.5, "tie": True},
                {"task": "q2", "label": "猫", "confidence": 1.0, "tie": False},
            ],
            "workers": [{"worker": "a", "answers": 2, "skill": 0.5}, {"worker": "b", "answers": 2, "skill": 1.0}],
            "alpha": 0.0,
            "alphas": {"狗": 0.0, "猫": 0.0},
        }

    def test_dawid_skene(self, answers: str) -> None:
        found = run_json("aggregate", answers, "--method", "dawid-skene")
        assert found["method"] == "dawid-skene"
        assert [task["task"] for task in found["tasks"]] == ["q1", "q2"]
        assert set(found["workers"][0]) == {"worker", "answers", "skill"}

    def test_columns(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("item,who,said\n1,x,y\n", encoding="utf-8")
        assert run("aggregate", str(path))[0] == 2
        found = run_json("aggregate", str(path), "--columns", "task=item,worker=who,label=said")
        assert found["tasks"] == [{"task": "1", "label": "y", "confidence": 1.0, "tie": False}]

    def test_bad_rows_are_listed_and_the_exit_code_is_1(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("question,worker,answer\n1,x,y\n2,x,\n", encoding="utf-8")
        found = run_json("aggregate", str(path), code=1)
        assert len(found["tasks"]) == 1
        assert [(each["row"], each["column"]) for each in found["refused"]] == [(2, "answer")]

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [(["nothing.csv"], 2), (["--method", "guess"], 2), (["--columns", "task"], 2), (["--odd"], 2), ([], 0)],
    )
    def test_exit_codes(self, answers: str, arguments: list[str], code: int) -> None:
        given = arguments if arguments[:1] == ["nothing.csv"] else [answers, *arguments]
        assert run("aggregate", *given)[0] == code

    def test_a_file_that_is_no_utf8(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes("question,worker,answer\n1,标,注\n".encode("gbk"))
        assert "UTF-8" in run_json("aggregate", str(path), code=1)["error"]


class TestAcceptancePlan:
    def test_the_example_of_the_contract(self) -> None:
        found = run_json("acceptance-plan", "--lot", "5000", "--aql", "1.0")
        assert {key: found[key] for key in ("letter", "plan_letter", "sample_size", "accept", "reject")} == {
            "letter": "L",
            "plan_letter": "L",
            "sample_size": 200,
            "accept": 5,
            "reject": 6,
        }
        assert found["operating_curve"][0] == {"nonconforming": 0.0, "accepted": 1.0}

    def test_level_and_severity(self) -> None:
        found = run_json("acceptance-plan", "--lot", "100", "--aql", "1.5", "--level", "II", "--severity", "tightened")
        assert (found["letter"], found["plan_letter"], found["sample_size"], found["accept"]) == ("F", "H", 50, 1)

    def test_whole_lot(self) -> None:
        found = run_json("acceptance-plan", "--lot", "40", "--aql", "0.010")
        assert (found["sample_size"], found["accept"], found["all"]) == (40, 0, True)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--lot", "100", "--aql", "0.3"],
            ["--lot", "100", "--aql", "1.0", "--severity", "reduced"],
            ["--lot", "100", "--aql", "1.0", "--level", "IV"],
            ["--lot", "1", "--aql", "1.0"],
            ["--lot", "-5", "--aql", "1.0"],
            ["--lot", "many", "--aql", "1.0"],
            ["--aql", "1.0"],
        ],
    )
    def test_no_plan_is_exit_2(self, arguments: list[str]) -> None:
        code, out, err = run("acceptance-plan", *arguments)
        assert (code, out) == (2, "")
        assert err

    def test_text(self) -> None:
        code, out, _ = run("acceptance-plan", "--lot", "5000", "--aql", "1.0")
        assert code == 0
        assert "Draw 200 of 5000: accept up to 5 bad, reject from 6." in out


class TestPayslip:
    @pytest.fixture
    def rates(self, tmp_path: Path) -> str:
        path = tmp_path / "rates.toml"
        path.write_text(RATES, encoding="utf-8")
        return str(path)

    @pytest.fixture
    def work(self, tmp_path: Path) -> Path:
        path = tmp_path / "work.csv"
        path.write_text(WORK, encoding="utf-8")
        return path

    def test_json_of_the_contract(self, rates: str, work: Path) -> None:
        first, second = run_json("payslip", rates, str(work))["payslips"]
        assert first["person"] == "w1"
        assert first["base_fen"] == 350000
        assert first["coefficient"] == "0.8"
        assert first["units_in_quota"] == "6000"
        assert first["lines"][0].items() >= {
            "unit": "box", "difficulty": "hard", "outcome": "accepted", "quantity": "120", "amount_fen": 936
        }.items()  # fmt: skip
        assert first["total_fen"] == 350936
        assert (second["accepted_share"], second["lines"], second["total_fen"]) == ("1", [], 350000)

    def test_text_shows_what_was_multiplied(self, rates: str, work: Path) -> None:
        code, out, _ = run("payslip", rates, str(work))
        assert code == 0
        assert "120 × 6.5 × 1.5 × 0.8" in out
        assert "¥3,509.36" in out

    def test_a_bad_row_stops_everything_and_is_named(self, rates: str, work: Path) -> None:
        work.write_text(WORK.replace("w2,2026-07-02T10:00:00+08:00,box", "w2,2026-07-02T10:00:00+08:00,cube"))
        found = run_json("payslip", rates, str(work), code=1)
        (problem,) = found["problems"]
        assert (problem["where"], problem["field"]) == ("work.csv:4", "unit")
        assert "work.csv:4: unit: 'cube' has no rate" in run("payslip", rates, str(work))[2]

    def test_files_that_are_not_there(self, rates: str, tmp_path: Path) -> None:
        assert run("payslip", rates, str(tmp_path / "none.csv"))[0] == 2
        assert run("payslip", str(tmp_path / "none.toml"), rates)[0] == 2
        assert run("payslip", rates)[0] == 2
