"""Appeals against payslips: filed in time, answered once by somebody else, with a new ledger line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import assert_error
from tests.quality.floor import box
from tests.settle.conftest import PayFloor
from typer.testing import CliRunner

from tongguan.cli.main import build
from tongguan.core import clock
from tongguan.people.models import Person

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def paid(floor: PayFloor) -> tuple[PayFloor, Person, Person, dict[str, Any]]:
    """A floor whose first period was closed at noon of 10 March; its annotator, a manager, the period."""
    ann, ins, boss = floor.annotator(), floor.inspector(), floor.manager()
    floor.rates()
    with clock.frozen(NOON):
        floor.answer(ann, box(), box(x=80), box(x=140), count=2)
        floor.judge_all(ins)
        period = floor.close_period()
    return floor, ann, boss, period


def appeal(floor: PayFloor, person: Person, period: dict[str, Any], days: float = 1, **body: Any) -> Any:
    """An appeal so many days after the closing."""
    with clock.frozen(NOON + timedelta(days=days)):
        return floor.post(person, f"pay/periods/{period['id']}/appeals", {"text": "少算了一个框", **body})


def test_an_appeal_is_answered_with_a_new_line(
    paid: tuple[PayFloor, Person, Person, dict[str, Any]], tmp_path: Path
) -> None:
    floor, ann, boss, period = paid
    [slip] = period["slips"]
    filed = appeal(floor, ann, period, line_id=slip["lines"][1]["id"])
    assert filed.status_code == 201, filed.text
    assert (filed.json()["state"], filed.json()["line"]["unit"], filed.json()["period"]) == ("open", "box", 1)
    assert filed.json()["answer_by"] == "2026-03-20T04:00:00Z"
    with clock.frozen(NOON + timedelta(days=2)):
        assert floor.get(ann, "today").json()["appeals"] == {"own": 1, "to_answer": 0, "overdue": 0}
        assert floor.get(boss, "today").json()["appeals"] == {"own": 0, "to_answer": 1, "overdue": 0}
        body = {"granted": True, "amount_fen": 650, "text": "核对过，补上"}
        done = floor.post(boss, f"pay/appeals/{filed.json()['id']}/answer", body)
        assert done.status_code == 200, done.text
        assert (done.json()["state"], done.json()["amount_fen"], done.json()["answered_by"]) == (
            "granted",
            650,
            "孙经理",
        )
        again = floor.post(boss, f"pay/appeals/{filed.json()['id']}/answer", body)
        assert_error(again, 409, "pay.appeal_answered")
    after = floor.get(ann, f"pay/periods/{period['id']}").json()
    [new] = after["slips"]
    assert new["lines"][:2] == [*slip["lines"][:1], new["lines"][1]]
    assert [line["kind"] for line in new["lines"]] == ["base", "correction", "line"]
    assert new["lines"][1]["explanation"]["text"] == "核对过，补上"
    assert (new["total_fen"], after["total_fen"]) == (slip["total_fen"] + 650, period["total_fen"] + 650)
    actions = floor.world.rows("SELECT action FROM audit WHERE object_kind = 'pay_appeal' ORDER BY id")
    assert [row.action for row in actions] == ["filed", "answered"]
    assert command(floor, period["id"], tmp_path) == {"小李": new["total_fen"]}


def command(floor: PayFloor, period: str, folder: Path) -> dict[str, int]:
    """Totals by person as the command computes them from the files of a period."""
    for name, path in (
        ("RATES.toml", "rates"),
        ("WORK.csv", "csv?table=work"),
        ("CORRECTIONS.csv", "csv?table=corrections"),
    ):
        (folder / name).write_bytes(floor.get(floor.owner, f"pay/periods/{period}/{path}").content)
    files = [str(folder / "RATES.toml"), str(folder / "WORK.csv"), "--corrections", str(folder / "CORRECTIONS.csv")]
    done = CliRunner().invoke(build("payslip"), ["payslip", *files])
    assert done.exit_code == 0, done.output
    people = [line for line in done.output.splitlines() if line and not line.startswith(" ")]
    totals = [line.split("¥")[1] for line in done.output.splitlines() if line.startswith("  total")]
    return {
        person.split(":")[0]: round(float(total.replace(",", "")) * 100)
        for person, total in zip(people, totals, strict=True)
    }


def test_a_refusal_is_a_line_of_nothing(paid: tuple[PayFloor, Person, Person, dict[str, Any]]) -> None:
    floor, ann, boss, period = paid
    filed = appeal(floor, ann, period).json()
    assert filed["line"] is None
    for granted, amount in ((True, 0), (False, 5)):
        body = {"granted": granted, "amount_fen": amount, "text": "不对"}
        assert_error(floor.post(boss, f"pay/appeals/{filed['id']}/answer", body), 422, "pay.appeal_amount")
    done = floor.post(boss, f"pay/appeals/{filed['id']}/answer", {"granted": False, "text": "已按规则计"})
    assert (done.json()["state"], done.json()["amount_fen"], done.json()["answer"]) == ("refused", 0, "已按规则计")
    after = floor.get(ann, f"pay/periods/{period['id']}").json()["slips"][0]
    assert after["total_fen"] == period["slips"][0]["total_fen"]
    assert [line["kind"] for line in after["lines"]] == ["base", "correction", "line"]


def test_seven_days_to_file_and_nine_to_answer(paid: tuple[PayFloor, Person, Person, dict[str, Any]]) -> None:
    floor, ann, boss, period = paid
    assert period["appeal_until"] == "2026-03-17T04:00:00Z"
    with clock.frozen(NOON + timedelta(days=6)):
        assert floor.get(ann, "today").json()["last_slip"]["period_id"] == period["id"]
    params = assert_error(appeal(floor, ann, period, days=7.001), 409, "pay.appeal_late")
    assert params == {"until": "2026-03-17T04:00:00+00:00"}
    assert appeal(floor, ann, period, days=7).status_code == 201
    with clock.frozen(NOON + timedelta(days=17)):
        assert floor.get(ann, "today").json()["last_slip"] is None
        [late] = floor.get(boss, "pay/appeals").json()
        assert late["overdue"] is True
        assert floor.get(boss, "today").json()["appeals"] == {"own": 0, "to_answer": 1, "overdue": 1}
        answer = {"granted": False, "text": "迟了，但已核对"}
        assert floor.post(boss, f"pay/appeals/{late['id']}/answer", answer).json()["overdue"] is False


def test_who_may_appeal_and_answer(paid: tuple[PayFloor, Person, Person, dict[str, Any]]) -> None:
    floor, ann, boss, period = paid
    other = floor.annotator("小王")
    line = period["slips"][0]["lines"][1]["id"]
    assert_error(appeal(floor, other, period), 404, "pay.no_slip")
    assert_error(appeal(floor, ann, period, line_id=str(boss.id)), 404, "pay.line_not_found")
    assert_error(appeal(floor, ann, {"id": str(boss.id)}), 404, "pay.period_not_found")
    assert appeal(floor, ann, period, text=" ").status_code == 422
    filed = appeal(floor, ann, period, line_id=line).json()
    assert_error(appeal(floor, ann, period, line_id=line), 409, "pay.appeal_exists")
    assert appeal(floor, ann, period).status_code == 201  # against the whole, once too
    assert_error(appeal(floor, ann, period), 409, "pay.appeal_exists")
    body = {"granted": False, "text": "不"}
    assert_error(floor.post(ann, f"pay/appeals/{filed['id']}/answer", body), 403, "auth.role")
    assert_error(floor.post(boss, f"pay/appeals/{boss.id}/answer", body), 404, "pay.appeal_not_found")
    floor.world.admit(ann, qualified=False, roles=("annotator", "manager"))
    assert_error(floor.post(ann, f"pay/appeals/{filed['id']}/answer", body), 403, "pay.appeal_own")
    assert floor.get(other, "pay/appeals").json() == []
    assert len(floor.get(boss, "pay/appeals").json()) == 2


def test_corrections_are_checked(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text('base_fen = 5\nquota_units = 0\n[rates]\nbox = "1"\n[difficulty]\nnormal = "1"\n')
    head = "person,accepted_at,unit,quantity,difficulty,outcome\n"
    (tmp_path / "w.csv").write_text(head + "w1,2026-03-01T00:00:00Z,box,1,normal,accepted\n")
    for rows, found in (("w1,-5\n", "c.csv:1: amount_fen"), (",5\n", "c.csv:1: person"), ("w2,5\n", "w2")):
        (tmp_path / "c.csv").write_text("person,amount_fen\n" + rows)
        files = [str(tmp_path / name) for name in ("r.toml", "w.csv")]
        done = CliRunner().invoke(build("payslip"), ["payslip", *files, "--corrections", str(tmp_path / "c.csv")])
        assert done.exit_code == 1
        assert found in done.output
