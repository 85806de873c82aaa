"""Large JSON read piece by piece is the same as read at once, whatever stands in it; records gathered by key too."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.catalog.samples import MemoryTree
from tongguan.catalog.formats import json_stream
from tongguan.catalog.formats.base import ReadError
from tongguan.catalog.formats.grouping import Grouped
from tongguan.catalog.formats.json_stream import EMPTY, walk

CHUNK = 2**13

PLAIN = {"id": 7, "image_id": 3, "bbox": [1.25, 2.5, 30, 1e-5], "segmentation": [], "name": '裂纹 \\ " }, {'}
NESTED = {"id": 8, "segmentation": {"counts": [1, 2], "size": [3, 4]}, "parts": [{"a": 1}, {"a": None}], "ok": True}
ODD = {"id": 2**70, "least": -(2**70), "far": math.inf, "half": "\ud800", "long": 0.1234567890123456789}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", CHUNK)
    monkeypatch.setattr(json_stream, "SINGLY", 20)


def large(*kinds: dict[str, Any], indent: int | None = None) -> str:
    """A document of several chunks whose list repeats some records in turn."""
    records: list[dict[str, Any]] = []
    size = 0
    while size < 20 * CHUNK:
        record = {**kinds[len(records) % len(kinds)], "at": len(records)}
        size += len(json.dumps(record))
        records.append(record)
    return json.dumps({"list": records, "after": {"x": 1}, "empty": []}, indent=indent)


def walked(text: str) -> list[tuple[str, Any]]:
    return list(walk(MemoryTree({"a.json": text}), "a.json", ("list", "empty")))


@pytest.mark.parametrize("kinds", [(PLAIN,), (NESTED,), (ODD,), (PLAIN, PLAIN, NESTED), (PLAIN,) * 400 + (ODD,)])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_large_list_is_read_as_it_stands(kinds: tuple[dict[str, Any], ...], indent: int | None) -> None:
    text = large(*kinds, indent=indent)
    whole = json.loads(text)
    wanted = [*(("list", record) for record in whole["list"]), ("after", whole["after"]), ("empty", EMPTY)]
    found = walked(text)
    assert found == wanted
    assert [type(record["id"]) for key, record in found if key == "list"] == [type(one["id"]) for one in whole["list"]]


def test_damage_is_named_with_its_place_and_what_stands_before_it_is_kept() -> None:
    lines = large(PLAIN, indent=1).split("\n")
    at = next(at for at in range(len(lines) * 2 // 3, len(lines)) if '"bbox"' in lines[at])
    lines[at] = '   "bbox": oops,'
    seen: list[int] = []
    found = walk(MemoryTree({"a.json": "\n".join(lines)}), "a.json", ("list",))
    with pytest.raises(ReadError, match=f"line {at + 1} column"):
        seen.extend(record["at"] for _, record in found)
    assert seen == list(range(len(seen)))
    assert len(seen) > len(lines) * 2 // 3 // 20


def test_records_come_back_by_key_in_their_order() -> None:
    with Grouped() as grouped:
        for at in range(30_000):
            grouped.add(at % 7 if at < 10_000 else at // 10, {"at": at, "text": "x" * (at % 50)})
            if at == 5_000:
                assert [one["at"] for one in grouped.take(3)] == list(range(3, 5_001, 7))
        assert [one["at"] for one in grouped.take(3)] == list(range(3, 10_000, 7))
        assert [one["at"] for one in grouped.take(2_000)] == list(range(20_000, 20_010))
        assert grouped.take("nobody") == []
        assert len(grouped) == 30_000
