"""CSV whose cells no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest

from tongguan.core.tables import csv_parts, safe


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-2", "@me", "\tx", "\rx"])
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert safe(cell) == "'" + cell


def test_windows_become_one_table() -> None:
    windows = [[["钢板,一", -3, None]], [["=cmd|x", 1.5, ["a", "b"]]]]
    text = "".join(csv_parts(["name", "n", "more"], windows))
    assert text.startswith("\ufeffname,n,more\r\n")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[1:] == [["钢板,一", "-3", ""], ["'=cmd|x", "1.5", "a b"]]
