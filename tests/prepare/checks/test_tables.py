"""Which column is what, and which gives the target away, on tables made here."""

from __future__ import annotations

import random

import pytest

from tests.catalog.samples import MemoryTree
from tongguan.catalog.media.table import Table, read_table
from tongguan.prepare.checks import CheckRun, Problem, TableFacts, table_facts, verdict
from tongguan.prepare.checks.inspection import inspect_tables
from tongguan.prepare.checks.tables import (
    ChoiceProblem,
    TableWish,
    choose,
    choose_target,
    find_leaks,
    find_tables,
    guess_target,
    load_choice,
)


def made(text: str, name: str = "a.csv") -> Table:
    return read_table(MemoryTree({name: text}), name)


def people(rows: int = 300, seed: int = 0) -> list[dict[str, str]]:
    """Cases and controls: a marker that helps, a model's score and its verdict, a stage that only cases have."""
    draw = random.Random(seed)
    made_rows = []
    for number in range(rows):
        sick = number % 3 == 0
        score = min(1.0, max(0.0, draw.gauss(0.8 if sick else 0.2, 0.15)))
        made_rows.append(
            {
                "Patient ID #": f"P{number:04}",
                "Tumor type": draw.choice(["Lung", "Liver"]) if sick else "Normal",
                "CEA (pg/ml)": f"{draw.gauss(3.0 if sick else 2.0, 1.0):.3f}",
                "AFP (pg/ml)": f"{draw.gauss(5.0, 1.0):.3f}",
                "Ω score": f"{draw.gauss(0.4 if sick else 0.0, 1.0):.3f}",
                "Model Logistic Regression Score": f"{score:.3f}",
                "Model Test Result": "Positive" if score > 0.5 else "Negative",
                "Stage": draw.choice(["I", "II"]) if sick else "NA",
            }
        )
    return made_rows


def text_of(rows: list[dict[str, str]]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def problems(text: str, wish: TableWish = TableWish()) -> list[Problem]:
    run = CheckRun()
    run.add_table(table_facts(made(text), wish))
    return run.finish()


def test_leaks_are_named_with_evidence_and_measurements_are_not() -> None:
    table = made(text_of(people()))
    guessed = guess_target(table)
    assert guessed is not None
    assert guessed[0].name == "Tumor type"
    leaks = {leak.column: leak for leak in find_leaks(table, guessed[0])}
    assert set(leaks) == {"Model Logistic Regression Score", "Model Test Result", "Stage"}
    assert leaks["Stage"].why == "blank"
    assert "AUROC" in leaks["Model Test Result"].detail
    assert "from Model Logistic Regression Score = 0.5" in leaks["Model Test Result"].detail


def test_a_column_that_alone_is_always_right_leaks_whatever_its_name() -> None:
    draw = random.Random(1)
    lines = ["grade,hint,width"]
    for _ in range(200):
        grade = draw.choice("abc")
        lines.append(f"{grade},{ord(grade) * 10 + draw.random():.3f},{draw.random():.3f}")
    table = made("\n".join(lines))
    leaks = find_leaks(table, table.column("grade"))
    assert [(leak.column, leak.why) for leak in leaks] == [("hint", "alone")]
    assert "on rows held out" in leaks[0].detail


def test_the_same_figure_again_leaks_into_a_number() -> None:
    draw = random.Random(2)
    values = [draw.random() * 100 for _ in range(200)]
    lines = ["target,inches,noise", *(f"{v:.4f},{v / 2.54:.4f},{draw.random():.4f}" for v in values)]
    table = made("\n".join(lines))
    assert [leak.column for leak in find_leaks(table, table.column("target"))] == ["inches"]


def test_few_rows_and_shuffled_labels_leak_nothing() -> None:
    rows = people(20)
    table = made(text_of(rows))
    assert find_leaks(table, table.column("Tumor type")) == []
    rows = people(300)
    labels = [row["Tumor type"] for row in rows]
    random.Random(3).shuffle(labels)
    for row, label in zip(rows, labels, strict=True):
        row["Tumor type"] = label
    table = made(text_of(rows))
    assert find_leaks(table, table.column("Tumor type")) == []


def test_target_rules() -> None:
    assert choose_target(made("x,fault\n1,a\n2,b\n3,b\n"))[0].name == "fault"
    found, why = choose_target(made("x,kind\n1,ok\n2,bad\n3,ok\n4,bad\n"), TableWish(negative="ok"))
    assert (found.name, why) == ("kind", "the only column that holds ok")
    with pytest.raises(ChoiceProblem, match="say which") as caught:
        choose_target(made("a,b\n1,u\n2,v\n2,v\n"))
    assert caught.value.candidates == ["a", "b"]
    with pytest.raises(ChoiceProblem, match="no column z"):
        choose_target(made("a\n1\n2\n"), TableWish(target="z"))


def test_roles_of_columns() -> None:
    lines = ["id,serial,speaker,when,x,measured,flat,note,split,label"]
    for i in range(40):
        note = f"free words {i} of many"
        lines.append(
            f"{i % 7},{i + 100},s{i % 4},2020-01-{i % 28 + 1:02},{i % 5},{i + 0.25},1,{note},train,{'ab'[i % 2]}"
        )
    choice = choose(made("\n".join(lines)))
    assert choice.target.name == "label"
    assert choice.group is not None
    assert choice.group.name == "speaker"
    assert [column.name for column in choice.inputs] == ["x", "measured"]
    assert {one.column: one.why for one in choice.excluded} == {
        "id": "id", "serial": "unique", "speaker": "group", "when": "time", "flat": "constant", "note": "unique",
        "split": "side", "label": "target",
    }  # fmt: skip
    assert set(choice.sides()) == {"train"}


def test_a_placeholder_is_no_group() -> None:
    lines = ["Patient ID #,x,label", *(f"{'NL' if i % 2 else f'P{i}'},{i},{'ab'[i % 2]}" for i in range(60))]
    keys = choose(made("\n".join(lines))).group_keys()
    assert len(set(keys)) == 60
    assert keys[:2] == ["P0", "a.csv:2"]


def test_the_right_table_of_several() -> None:
    tree = MemoryTree({"a.csv": "x,label\n1,u\n2,v\n", "b.csv": "z\n1\n2\n"})
    assert load_choice(tree).table.name == "a.csv"
    assert load_choice(tree, TableWish(table="b", target="z")).target.name == "z"
    tree = MemoryTree({"a.csv": "x,label\n1,u\n2,v\n", "b.csv": "x,label,q\n1,u,1\n"})
    with pytest.raises(ChoiceProblem, match="say which with table="):
        load_choice(tree)


def test_files_with_sides_are_one_table() -> None:
    tree = MemoryTree(
        {"train.csv": "x,label\n1,u\n", "test.csv": "x,label\n2,v\n", "notes.csv": "q\n1\n", "bad.xlsx": b"no"}
    )
    tables, damaged = find_tables(tree)
    assert [(one.name, [side for _, side in one.members]) for one in tables] == [
        ("notes.csv", [None]),
        ("test.csv", ["test", "train"]),
    ]
    assert [path for path, _ in damaged] == ["bad.xlsx"]
    choice = load_choice(tree)
    assert sorted(zip(choice.table.items(), choice.sides(), strict=True)) == [
        ("test.csv:1", "test"),
        ("train.csv:1", "train"),
    ]


def test_leaking_columns_are_refused_as_inputs() -> None:
    choice = load_choice(MemoryTree({"p.csv": text_of(people())}), TableWish(negative="Normal"))
    assert [column.name for column in choice.inputs] == ["CEA (pg/ml)", "AFP (pg/ml)", "Ω score"]
    assert next(one for one in choice.excluded if one.column == "Model Test Result").detail


def test_problems_of_a_table() -> None:
    rows = people(120)
    rows[5]["CEA (pg/ml)"] = "*4.5"
    rows[6]["CEA (pg/ml)"] = ""
    rows.append(dict(rows[7]))
    rows.append(
        {**rows[8], "Patient ID #": "P9999", "Tumor type": "Lung" if rows[8]["Tumor type"] != "Lung" else "Liver"}
    )
    found = problems(text_of(rows))
    by_check: dict[str, list[Problem]] = {}
    for problem in found:
        by_check.setdefault(problem.check, []).append(problem)
    assert {one.column for one in by_check["leaking_column"]} >= {
        "Model Test Result",
        "Model Logistic Regression Score",
    }
    assert [(one.item, one.other) for one in by_check["duplicate"]] == [("a.csv:121", "a.csv:8")]
    assert [(one.item, one.other) for one in by_check["near_duplicate"]] == [("a.csv:122", "a.csv:9")]
    assert "Tumor type is" in by_check["near_duplicate"][0].detail
    assert [(one.item, one.column) for one in by_check["dirty_value"]] == [("a.csv:6", "CEA (pg/ml)")]
    assert "'*4.5' read as 4.5" in by_check["dirty_value"][0].detail
    missing = {one.column: one for one in by_check["missing_value"]}
    assert missing["CEA (pg/ml)"].item == "a.csv:7"
    assert "100% where Tumor type = Normal" in missing["Stage"].detail
    assert verdict(found).missing[0].startswith("duplicate: 1")


def test_a_group_on_two_sides_closes_the_gate() -> None:
    lines = ["speaker,x,y2,split,label"]
    draw = random.Random(5)
    for i in range(40):
        lines.append(
            f"s{i % 8},{draw.random():.4f},{draw.random():.4f},{'train' if i % 8 < 4 else 'val'},{'ab'[i % 2]}"
        )
    assert [p for p in problems("\n".join(lines)) if p.check == "split_group"] == []
    lines[-1] = lines[-1].replace("s7", "s0")
    found = [p for p in problems("\n".join(lines)) if p.check == "split_group"]
    assert [(p.item, p.other, p.detail) for p in found] == [
        ("a.csv:40", "a.csv:1", "group s0: on train and on val"),
    ]


def test_coarse_rows_repeat_by_chance() -> None:
    text = "colour,size\n" + "\n".join(f"{'rgb'[i % 3]},{i % 2}" for i in range(60))
    assert [p for p in problems(text) if p.check == "duplicate"] == []


def test_a_table_without_a_target_says_so() -> None:
    facts: TableFacts = table_facts(made("a,b\n1,u\n2,v\n2,v\n"))
    assert facts.target is None
    assert "no column could be told" in facts.notes[0]


def test_a_series_says_how_it_runs() -> None:
    lines = ["date,load", *(f"2024-01-{day:02},{day}.5" for day in range(1, 29) if day != 7)]
    seen = inspect_tables(MemoryTree({"a.csv": "\n".join(lines)})).tables[0].to_json()
    assert seen["time"] == "date"
    assert (seen["rhythm"]["step"], seen["rhythm"]["missing"], seen["rhythm"]["backward"]) == (86400.0, 1, 0)
