"""Pay as CSV: for payroll, and for anybody who wants to recompute it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import assert_error
from tests.quality.floor import box
from tests.settle.conftest import PayFloor

from tongguan.settle.payslip import compute_payslips, parse_rates, read_work


def closed(floor: PayFloor) -> str:
    """A closed period with two people of one name and one whose name is a formula; returns its id."""
    ins = floor.inspector("=cmd()")
    floor.rates()
    for name in ("小李", "小李"):
        ann = floor.annotator(name)
        floor.answer(ann, box(id="a"), box(id="b", x=80), box(id="c", x=140), box(id="d", y=100), count=2)
        floor.judge(ins)
        floor.judge(ins, "fix", labels=[box(id="a"), box(id="b", x=80), box(id="new", x=10, y=150)])
    return str(floor.close_period()["id"])


def test_the_command_computes_the_same_payslips(floor: PayFloor, tmp_path: Path) -> None:
    period = closed(floor)
    work = floor.get(floor.owner, f"pay/periods/{period}/csv", table="work")
    rates = floor.get(floor.owner, f"pay/periods/{period}/rates")
    assert work.headers["content-type"] == "text/csv; charset=utf-8"
    (tmp_path / "WORK.csv").write_bytes(work.content)
    (tmp_path / "RATES.toml").write_bytes(rates.content)
    done = subprocess.run(
        [str(Path(sys.executable).parent / "tongguan"), "payslip", "RATES.toml", "WORK.csv", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    theirs = sorted(slip["total_fen"] for slip in json.loads(done.stdout)["payslips"])
    ours = floor.get(floor.owner, f"pay/periods/{period}").json()["slips"]
    assert theirs == sorted(slip["total_fen"] for slip in ours)
    assert len(theirs) == 3


def test_names_that_are_alike_stay_apart_and_formulas_stay_text(floor: PayFloor) -> None:
    period = closed(floor)
    text = floor.get(floor.owner, f"pay/periods/{period}/csv", table="work").text
    rows = list(csv.DictReader(io.StringIO(text)))
    people = {row["person"] for row in rows}
    assert len(people) == 3
    assert "'=cmd()" in people
    rates = parse_rates(floor.get(floor.owner, f"pay/periods/{period}/rates").content)
    slips = compute_payslips(rates, read_work(io.BytesIO(text.encode()), rates))
    total = floor.get(floor.owner, f"pay/periods/{period}").json()["total_fen"]
    assert sum(slip.total_fen for slip in slips) == total


def test_payslips_for_payroll(floor: PayFloor) -> None:
    period = closed(floor)
    answer = floor.get(floor.owner, f"pay/periods/{period}/csv")
    assert answer.content.startswith("\ufeff人员,".encode())
    assert "attachment" in answer.headers["content-disposition"]
    english = floor.get(floor.owner, f"pay/periods/{period}/csv", language="en").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(english)))
    totals = [row for row in rows if row["line"] == "total"]
    detail = floor.get(floor.owner, f"pay/periods/{period}").json()
    assert sum(int(row["amount_fen"]) for row in totals) == detail["total_fen"]
    assert all(row["amount_yuan"] == f"{int(row['amount_fen']) / 100:.2f}" for row in rows)
    assert {row["person"] for row in rows} == {"小李", "'=cmd()"}


def test_an_annotator_downloads_only_own_rows(floor: PayFloor) -> None:
    period = closed(floor)
    ann = floor.world.people[1]
    for table in ("work", "payslips"):
        text = floor.get(ann, f"pay/periods/{period}/csv", table=table).text
        assert str(ann.id) in text
        assert str(floor.world.people[2].id) not in text
    assert_error(floor.get(ann, f"pay/work?person={floor.world.people[2].id}"), 403, "pay.not_yours")
    assert_error(floor.get(ann, f"pay/periods/{ann.id}"), 404, "pay.period_not_found")
    assert_error(floor.get(ann, f"pay/periods/{ann.id}/csv"), 404, "pay.period_not_found")
    assert_error(floor.get(ann, "pay/work?person=nobody"), 422, "person.invalid")
    assert_error(floor.get(ann, "pay/work?after=x"), 422, "page.key")


def test_work_is_paged(floor: PayFloor) -> None:
    closed(floor)
    seen, after = [], ""
    while True:
        page = floor.get(floor.owner, "pay/work", limit=2, after=after).json()
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert len(seen) == len(set(seen)) == len(floor.work_rows())
