"""Reading answers: columns, encodings, bad rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongguan.quality.aggregation.table import AnswersUnreadable, ColumnsUnclear, parse_columns, read_answers


def write(folder: Path, data: bytes | str) -> Path:
    path = folder / "answers.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("header", ["question,worker,answer", "task,worker,label", "\ufeffquestion,worker,answer"])
def test_usual_headers(tmp_path: Path, header: str) -> None:
    table = read_answers(write(tmp_path, f"{header}\n1,ann,cat\n1,bo,dog\n\n2,ann,cat\n"))
    assert len(table.answers) == 3
    assert table.answers.tasks == ("1", "2")
    assert table.refused == ()


def test_named_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "who,what,said\na,1,x\n")
    table = read_answers(path, parse_columns("task=what,worker=who,label=said"))
    assert (table.answers.tasks, table.answers.workers, table.answers.labels) == (("1",), ("a",), ("x",))


def test_missing_column_lists_the_header(tmp_path: Path) -> None:
    with pytest.raises(ColumnsUnclear, match=r"no column answer or label.*question, worker, said.*--columns"):
        read_answers(write(tmp_path, "question,worker,said\n1,a,x\n"))


@pytest.mark.parametrize("text", ["", "task", "task=", "item=x", "task=a,,label=b"])
def test_bad_columns_option(text: str) -> None:
    with pytest.raises(ColumnsUnclear):
        parse_columns(text)


def test_rows_with_empty_cells_are_named_and_the_rest_kept(tmp_path: Path) -> None:
    table = read_answers(write(tmp_path, "question,worker,answer\n1,a,x\n2,,x\n3,a\n4,a,y\n"))
    assert len(table.answers) == 2
    assert [(each.row, each.column) for each in table.refused] == [(2, "worker"), (3, "answer")]
    assert table.refused_count == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "question,worker,answer\n1,a,\u6807\u6ce8\n".encode("gbk"),
        b"\xff\xfeq\x00,\x00",
        b'question,worker,answer\n1,a,"' + b"x" * 200_000,
    ],
)
def test_unreadable_files_say_so(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(AnswersUnreadable):
        read_answers(write(tmp_path, data))
