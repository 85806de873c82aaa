"""Rows of CSV and Parquet tables: cells as they stand, types where the file has them, damage named."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from tests.catalog.samples import MemorySink, MemoryTree
from tongguan.catalog.formats.base import ReadItem, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.convert import convert
from tongguan.catalog.formats.registry import FORMATS, detect
from tongguan.catalog.labels.cell import CellLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.cli.main import build

CSV = 'coil,lot,depth,dirty,fault\nC-1,007,1.5,*946.9,scratch\nC-2,12,,"1,234.5",\nC-3,13,1.50,x,1\n'


def read(format_id: str, files: MemoryTree) -> tuple[list[ReadItem], Report]:
    report = Report()
    return list(FORMATS[format_id].read(files, report)), report


def cells(item: ReadItem) -> Any:
    return json.loads(item.text or "")


def labels(item: ReadItem) -> list[str] | None:
    return None if item.labels is None else [label.label for label in item.labels]


def test_cells_stand_as_they_were_written() -> None:
    files = MemoryTree({"train.csv": CSV})
    assert detect(files).format.id == "table"
    items, report = read("table", files)
    assert [item.name for item in items] == ["train.csv:1", "train.csv:2", "train.csv:3"]
    assert cells(items[0]) == {"coil": "C-1", "lot": "007", "depth": 1.5, "dirty": "*946.9"}
    assert cells(items[1]) == {"coil": "C-2", "lot": 12, "depth": None, "dirty": "1,234.5"}
    assert cells(items[2])["depth"] == "1.50"
    assert [labels(item) for item in items] == [["scratch"], None, ["1"]]
    assert {item.side for item in items} == {"train"}
    assert not report.refused


def test_there_and_back_through_parquet_gives_the_same_rows() -> None:
    there, back = MemorySink(), MemorySink()
    files = MemoryTree({"plates.csv": CSV})
    assert not convert(files, FORMATS["table"], FORMATS["parquet"], there).refused
    table = parquet.read_table(io.BytesIO(there.files["table.parquet"]))
    assert [str(kind) for kind in table.schema.types] == ["string", "string", "string", "string", "string"]
    assert not convert(there.tree(), FORMATS["parquet"], FORMATS["table"], back).refused
    assert back.files["table.csv"].decode() == CSV.replace("fault", "label")


def test_types_of_parquet() -> None:
    columns = {
        "whole": arrow.array([1, None]),
        "share": arrow.array([0.5, float("nan")]),
        "ok": arrow.array([True, False]),
        "day": arrow.array([0, 1], arrow.date32()),
        "label": arrow.array(["a", None]),
    }
    out = io.BytesIO()
    parquet.write_table(arrow.table(columns), out)
    files = MemoryTree({"a.parquet": out.getvalue()})
    assert detect(files).format.id == "parquet"
    items, _ = read("parquet", files)
    assert [cells(item) for item in items] == [
        {"whole": 1, "share": 0.5, "ok": True, "day": "1970-01-01"},
        {"whole": None, "share": None, "ok": False, "day": "1970-01-02"},
    ]
    sink = MemorySink()
    assert not convert(files, FORMATS["parquet"], FORMATS["parquet"], sink).refused
    written = parquet.read_table(io.BytesIO(sink.files["table.parquet"])).schema
    assert [str(kind) for kind in written.types] == ["int64", "double", "bool", "string", "string"]


@pytest.mark.parametrize("format_id", ["table", "parquet"])
def test_what_a_row_cannot_hold_is_refused(format_id: str) -> None:
    far = CellLabel(label="dirty_value", row=7, column="a")
    items = [
        WriteItem("1", None, None, 0, 0, (ClassLabel(label="ok"), far), media="table", text='{"a": 1}'),
        WriteItem("2", None, None, 0, 0, (far,), media="table", text='{"a": 2}'),
        WriteItem("3", None, None, 0, 0, None, media="table", text='{"label": "own"}'),
        WriteItem("4", None, None, 0, 0, None, media="table", text="[1]"),
    ]
    sink, report = MemorySink(), Report()
    FORMATS[format_id].write(items, sink, WriteOptions(), report)
    assert [(one.item, one.kind) for one in report.refused] == [
        ("1", "cell"),
        ("2", "cell"),
        ("3", "item"),
        ("4", "item"),
    ]
    assert report.items == 2
    assert [labels(item) for item in read(format_id, sink.tree())[0]] == [["ok"], None]


def test_broken_files_are_named() -> None:
    _, report = read("parquet", MemoryTree({"a.parquet": b"PAR1 and no end", "b.parquet": b"none"}))
    assert [one.item for one in report.refused] == ["a.parquet", "b.parquet"]
    text = 'a,labels\n1,nonsense\n2,"[{""kind"":""box"",""label"":""x""}]"\n3,[]\n'
    items, report = read("table", MemoryTree({"a.csv": text}))
    assert [labels(item) for item in items] == [None, None, []]
    assert [(one.item, one.kind) for one in report.refused] == [("a.csv:1", "class"), ("a.csv:2", "box")]
    _, report = read("table", MemoryTree({"a.csv": "target,class\n1,2\n"}))
    assert "none was taken" in report.notes[0]
    assert read("table", MemoryTree({"a.csv": b"a,b\n\xff\xff\x80,1\n"}))[1].refused


def test_commands(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(CSV, encoding="utf-8")
    run = CliRunner()
    words = ["convert", str(tmp_path / "rows.csv"), str(tmp_path / "out"), "--to", "parquet", "--json"]
    done = run.invoke(build("convert"), words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["written"] == {"items": 3, "labels": {"class": 2}, "files": 1}
    done = run.invoke(build("inspect"), ["inspect", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["items"] == 3
