"""Tables as people send them: encodings, separators, dirty numbers, three file types, broken files, limits."""

from __future__ import annotations

import csv
import io

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.catalog.samples import MemoryTree
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.table import Table, matrix, read_names, read_table
from tongguan.catalog.media.table import read as reading
from tongguan.catalog.media.table.delimited import find_separator
from tongguan.catalog.media.table.values import parse_number, parse_time

CHINESE = "编号,钢种,厚度\nA1,普通碳素结构钢,2.5\nA2,低合金高强度钢,3.0\n"
TAIWAN = "編號,鋼種,厚度\nA1,普通碳素結構鋼,2.5\nA2,低合金高強度鋼,3.0\n"


def table(data: bytes | str, name: str = "a.csv", **more: bytes | str) -> Table:
    return read_table(MemoryTree({name: data, **more}), name)


def refused(data: bytes, name: str) -> tuple[str, str]:
    with pytest.raises(MediaProblem) as caught:
        read_table(MemoryTree({name: data}), name)
    return caught.value.check, caught.value.detail


@pytest.mark.parametrize(
    ("text", "codec"),
    [(CHINESE, "utf-8"), (CHINESE, "utf-8-sig"), (CHINESE, "gb18030"), (TAIWAN, "big5"), (CHINESE, "utf-16")],
)
def test_encodings_are_found(text: str, codec: str) -> None:
    found = table(text.encode(codec))
    heading, *rows = csv.reader(io.StringIO(text))
    assert found.names == tuple(heading)
    assert [found.column(heading[1]).text(row) for row in range(2)] == [rows[0][1], rows[1][1]]
    assert found.column("厚度").numbers.tolist() == [2.5, 3.0]


def test_gb18030_with_one_strange_byte_is_an_error_that_says_where() -> None:
    check, detail = refused(CHINESE.encode("gb18030") + b"\xff\xff", "a.csv")
    assert check == "unreadable"
    assert "byte" in detail
    assert "UTF-8" in detail


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(separator: str) -> None:
    text = "\n".join(separator.join(row) for row in [["a", "b", "c"], ["1", "x, y", "3"], ["2", "z", "4"]])
    text = text.replace("x, y", '"x, y"')
    assert find_separator(text) == separator
    assert table(text).column("b").levels == ("x, y", "z")


@pytest.mark.parametrize(
    ("cell", "value", "dirt"),
    [
        ("*946.9", 946.9, ("mark",)),
        ("**1034.268", 1034.268, ("mark",)),
        ("<0.05", 0.05, ("mark",)),
        ("1,234.5", 1234.5, ("thousands",)),
        ("12,345,678", 12345678, ("thousands",)),
        ("１２．５", 12.5, ("full_width",)),
        ("１，２３４．５", 1234.5, ("full_width", "thousands")),
        ("3,14", 3.14, ("decimal_comma",)),
        ("63%", 0.63, ("percent",)),
        ("12.5 mm", 12.5, ("unit",)),
        ("36.5℃", 36.5, ("unit",)),
        ("¥1,200", 1200, ("unit", "thousands")),
        ("3.5万", 35000, ("unit",)),
        ("(120)", -120, ("parentheses",)),
        ("−5", -5, ()),
        ("1e-3", 0.001, ()),
        ("-0.5", -0.5, ()),
    ],
)
def test_dirty_numbers(cell: str, value: float, dirt: tuple[str, ...]) -> None:
    found = parse_number(cell)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert found.dirt == dirt


@pytest.mark.parametrize(
    "cell", ["A12", "1-2", "007", "TP53", "12:30", "3A", "", "1,2,3", "INDI 638", "二", "0x1f", "1_000"]
)
def test_what_is_no_number(cell: str) -> None:
    found = parse_number(cell)
    assert found is None or cell == "3A"  # 3 A may be amperes: a column decides


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("1970-01-02", 86400),
        ("1970-01-02 00:00:01", 86401),
        ("1970/1/2 0:00", 86400),
        ("1970年1月2日", 86400),
        ("1970-01-02T08:00:00+08:00", 86400),
        ("12.5", None),
        ("a2020", None),
    ],
)
def test_times(cell: str, seconds: float | None) -> None:
    assert parse_time(cell) == seconds


def test_types_missing_and_cleaning() -> None:
    text = "n,dirty,word,when,code,none,mixed\n"
    rows = [f"{i},{'*' if i % 2 else ''}{i}.5,{'ab'[i % 2]},2020-01-{i + 1:02},0{i},NA,x{i}" for i in range(20)]
    rows[3] = "3,oops,-,NA,03,,x3"
    found = table(text + "\n".join(rows))
    assert [column.type for column in found.columns] == [
        "number", "number", "category", "time", "category", "empty", "category",
    ]  # fmt: skip
    dirty = found.column("dirty")
    assert {cleaning.kind: cleaning.count for cleaning in dirty.cleaned} == {"mark": 9, "not_a_number": 1}
    assert dirty.cleaned[0].examples[0] == (1, "*1.5", 1.5)
    assert np.flatnonzero(dirty.missing).tolist() == [3]
    assert found.column("word").text(3) == "-"
    assert found.column("when").missing.sum() == 1
    assert found.column("code").text(0) == "00"
    assert found.items()[:2] == ["a.csv:1", "a.csv:2"]


def test_units_of_one_family_become_one() -> None:
    found = table("d\n12 mm\n13mm\n2 cm\n").column("d")
    assert found.type == "number"
    assert found.unit == "mm"
    assert found.numbers.tolist() == [12, 13, 20]
    assert table("d\n12 mm\n13 kg\n").column("d").type != "number"


def test_blanks_around_words() -> None:
    found = table("r\nyes\nyes \nno\nno\nno\n").column("r")
    assert found.levels == ("yes", "no")
    assert found.cleaned[0].kind == "spaces"


def test_bad_rows_are_listed_and_good_ones_kept() -> None:
    found = table("a,b\n1,2\n3,4,5\n\n6\n7,8,,\n")
    assert found.rows == 3
    assert [(one.item, one.reason) for one in found.refused] == [("a.csv:2", "3 cells under 2 headings")]
    assert found.items() == ["a.csv:1", "a.csv:3", "a.csv:4"]
    assert np.isnan(found.column("b").numbers[1])


def test_no_heading_and_double_names() -> None:
    assert table("1,2\n3,4\n").names == ("column 1", "column 2")
    assert table("1,2\n3,4\n").rows == 2
    assert table("x,x,\n1,2,3\n").names == ("x", "x (2)", "column 3")


def test_types_can_be_fixed() -> None:
    tree = MemoryTree({"a.csv": "x,y\n1,2\n"})
    found = read_table(tree, "a.csv", types={"x": "category", "y": "number"})
    assert found.column("x").levels == ("1",)
    assert found.column("x").codes_in(["0", "1"]).tolist() == [1]
    assert matrix(found.columns).tolist() == [[0.0, 2.0]]


def test_files_of_one_table() -> None:
    tree = MemoryTree({"train.csv": "a,b\n1,x\n2,y\n", "test.csv": "b,a\ny,3\n"})
    found = read_table(tree, ["train.csv", "test.csv"], sides={"train.csv": "train", "test.csv": "test"})
    assert found.column("a").numbers.tolist() == [1, 2, 3]
    assert found.items() == ["train.csv:1", "train.csv:2", "test.csv:1"]
    assert found.sides() == ["train", "train", "test"]
    tree = MemoryTree({"a.csv": "a\n1\n", "b.csv": "z\n1\n"})
    with pytest.raises(MediaProblem, match=r"b\.csv: other columns"):
        read_table(tree, ["a.csv", "b.csv"])


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook() -> None:
    data = workbook([["钢种", "厚度", "合格"], ["甲", 2.5, True], ["乙", "1,234.5", False], ["甲", None, True]])
    found = table(data, "表.xlsx")
    assert found.names == ("钢种", "厚度", "合格")
    assert found.column("厚度").numbers[:2].tolist() == [2.5, 1234.5]
    assert found.column("合格").levels == ("true", "false")
    assert found.items()[2] == "表.xlsx:3"


def parquet(columns: dict[str, list[object]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet() -> None:
    data = parquet(
        {"n": [1, None, 3], "w": ["甲", "乙", None], "f": [0.5, 1.5, float("nan")], "b": [True, False, None]}
    )
    found = table(data, "a.parquet")
    assert [column.type for column in found.columns] == ["number", "category", "number", "category"]
    assert found.column("n").missing.tolist() == [False, True, False]
    assert found.column("w").text(1) == "乙"
    assert read_names(MemoryTree({"a.parquet": data}), "a.parquet") == ("n", "w", "f", "b")
    again = read_table(MemoryTree({"a.parquet": data}), "a.parquet", types={"n": "category"})
    assert again.column("n").levels == ("1", "3")


def test_broken_files() -> None:
    book, packed = workbook([["a"], [1]]), parquet({"a": [1, 2]})
    assert refused(b"", "a.csv") == ("unreadable", "the table is empty")
    assert refused(book[: len(book) // 2], "a.xlsx")[0] == "truncated"
    assert refused(b"junk", "a.xlsx")[0] == "wrong_type"
    assert refused(packed[:-2], "a.parquet")[0] == "truncated"
    assert refused(b"junk", "a.parquet")[0] == "wrong_type"
    middle = packed[:20] + b"\x00" * 40 + packed[60:]
    assert refused(middle, "a.parquet")[0] == "unreadable"


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert "at most 10" in refused(b"a,b\n1,2\n3,4\n", "a.csv")[1]
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    monkeypatch.setattr(reading, "MAX_COLUMNS", 1)
    assert "2 columns" in refused(b"a,b\n1,2\n", "a.csv")[1]
    monkeypatch.setattr(reading, "MAX_COLUMNS", 10)
    monkeypatch.setattr(reading, "MAX_CELLS", 3)
    assert "cells" in refused(b"a,b\n1,2\n3,4\n", "a.csv")[1]
