"""The reward model: what it reads, what it says, and that it does not merely count characters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.test_train_command import call
from tongguan.catalog.formats.chat_formats.turns import Talk
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.train.recipes.base import ItemUnreadable, UsageProblem
from tongguan.train.recipes.judges.preferences import PreferenceJudge
from tongguan.train.recipes.preference.features import PLAIN, plain_facts
from tongguan.train.recipes.preference.made import main, pairs, write_pairs
from tongguan.train.recipes.preference.marks import marks_of, preference_mark
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.sources.base import Asked
from tongguan.train.recipes.sources.pairs import Pairs, compared_talk, prompt_of
from tongguan.train.recipes.sources.talks import NAMED


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """The run, its data, and what `train` said."""
    folder = tmp_path_factory.mktemp("preference")
    data = folder / "pairs.jsonl"
    rows: list[dict[str, Any]] = list(pairs(0, 400))
    rows += [
        {"prompt": "一样？", "chosen": "一样。", "rejected": "一样。"},
        {"prompt": "空", "chosen": "", "rejected": " "},
    ]
    write_pairs(data, rows)
    words: list[str | Path] = ["--recipe", "preference", "--data", data, "--out", folder / "run"]
    code, answer, said = call("train", *words, "--set", "steps=100", "--set", "kept=0.3", "--set", "batch=32")
    assert code == 0, said
    return folder / "run", data, answer


def test_it_reads_more_than_the_length(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    run, data, answer = trained
    reasons = {one["item"]: one["reason"] for one in answer["left_out"]}
    assert reasons == {
        "pairs.jsonl:401": "both answers are the same",
        "pairs.jsonl:402": "both answers are empty",
    }
    assert answer["split"]["by"] == "near-duplicate cluster"
    own, blind = answer["metrics"]["accuracy"], answer["baseline"]["metrics"]["accuracy"]
    assert answer["baseline"]["name"] == "the longer answer"
    assert 0.5 < blind["value"] < 0.8
    assert own["low"] > blind["high"]
    assert answer["metrics"]["ece"]["value"] < 0.15
    assert answer["slices"]["length: better is shorter"]["baseline"]["value"] == 0
    assert answer["slices"]["length: better is shorter"]["accuracy"]["value"] > 0.7
    code, found, said = call("evaluate", run, "--data", data, "--html", run / "page.html")
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]
    assert {one["value"] for one in found["slices"] if one["kind"] == "length"} >= {
        "better is longer",
        "better is shorter",
    }
    assert found["overlap"] == 0


def test_answers_of_a_file_are_compared(trained: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    run, _, _ = trained
    prompt, good = (
        "皮带机的轴承温度升高，现在读数71.5，该怎么处理？",
        "皮带机轴承读数71.5，请先停机挂牌，再检查润滑和油位。",
    )
    bad = "自己看说明书去。破碎机读数20.3。"
    rows: list[dict[str, Any]] = [
        {"prompt": prompt, "chosen": good, "rejected": bad},
        {"prompt": prompt, "answers": [bad, good]},
        {"prompt": prompt, "answers": [{"key": "x", "text": good}, {"key": "y", "text": good}, {"text": bad}]},
    ]
    new = tmp_path / "new.jsonl"
    write_pairs(new, rows)
    code, found, said = call("predict", run, new)
    assert code == 0, said
    first, second, third = (one["labels"] for one in found["predictions"])
    assert [one["item"] for one in found["predictions"]] == [f"{new}:{at}" for at in (1, 2, 3)]
    assert (first[0]["first"], first[0]["second"], first[0]["choice"]) == ("chosen", "rejected", "first")
    assert (second[0]["first"], second[0]["choice"]) == ("answer-1", "second")
    assert first[0]["score"] == second[0]["score"], "the place of an answer means nothing"
    assert len(third) == 3
    assert next(one for one in third if {one["first"], one["second"]} == {"x", "y"})["choice"] == "tie"
    assert set(first[0]["attributes"]) == {"reward_first", "reward_second"}
    (tmp_path / "broken.jsonl").write_text('{"prompt": "a", "answers": ["only one"]}\n', encoding="utf-8")
    code, found, _ = call("predict", run, tmp_path / "broken.jsonl")
    assert code == 1
    assert "broken.jsonl:1" in found["refused"][0]["reason"]


def test_prompts_and_named_groups_stay_together(tmp_path: Path) -> None:
    talk = [
        {"role": "user", "content": "你好"},
        {"role": "assistant", "content": "好"},
        {"role": "user", "content": "几点？"},
    ]
    rows: list[dict[str, Any]] = [
        {"prompt": "泵 A12 漏油", "chosen": "关阀。", "rejected": "不管。"},
        {"prompt": "泵a99漏油", "chosen": "关阀再报告。", "rejected": "不管它"},
        {"prompt": talk, "chosen": {"role": "assistant", "content": "三点。"}, "rejected": "不知道", "group": "客户 7"},
    ]
    write_pairs(tmp_path / "train.jsonl", rows)
    asked = Asked(recipe("preference"), recipe("preference").params())
    source = Pairs().read(tmp_path, "auto", asked)
    first, second, third = source.found
    assert first.group == second.group, "digits, blanks and case aside it is one prompt"
    assert third.group == f"{NAMED}客户 7"
    assert source.grouped
    assert {one.side for one in source.found} == {"train"}
    assert [one.slices["length"] for one in (first, second)] == ["better is about as long", "better is longer"]
    tree = Pairs().open(tmp_path)
    assert prompt_of(compared_talk(tree.open(third.path).read())) == "你好\n好\n几点？"
    with pytest.raises(FileNotFoundError):
        tree.open("train.jsonl:9")
    tree.close()
    with pytest.raises(UsageProblem):
        Pairs().read(tmp_path, "coco", asked)
    write_pairs(tmp_path / "other" / "a.jsonl", [{"prompt": "a", "chosen": "b", "rejected": "b"}])
    with pytest.raises(UsageProblem, match="both answers are the same"):
        Pairs().read(tmp_path / "other", "auto", asked)


def test_marks_are_bradley_terry() -> None:
    mark = preference_mark("preference", ("a", "b"), (0.0, float(np.log(4))))
    assert (mark.choice, mark.score, mark.strength) == ("second", 0.8, 0.6)
    other = preference_mark("preference", ("b", "a"), (float(np.log(4)), 0.0))
    assert (other.choice, other.score) == ("first", 0.8)
    assert preference_mark("preference", ("a", "b"), (1e9, -1e9)).score == 1
    three = marks_of("preference", ["a", "b", "c"], np.array([0, 3, 1], dtype=np.float32))
    assert [(one.first, one.second) for one in three] == [("a", "b"), ("b", "c"), ("a", "c")]


def test_judge_sees_which_answer_whatever_stands_first() -> None:
    judge = PreferenceJudge()
    truth = PreferenceLabel(label="preference", first="a", second="b", choice="second")
    turned = preference_mark("preference", ("b", "a"), (2.0, 1.0))
    tie = preference_mark("preference", ("a", "b"), (1.0, 1.0))
    assert judge.item([truth], [turned]).found == "preference"
    assert judge.item([truth], [tie]).found != "preference"
    assert judge.item([truth], []).found is None


def test_plain_facts_see_numbers_and_overlap() -> None:
    facts = dict(zip(PLAIN, plain_facts("水泵读数７１.5", "水泵读数71.5和20。").tolist(), strict=True))
    assert facts["prompt_numbers_told"] == 1
    assert facts["numbers_of_prompt"] == 0.5
    assert facts["other_numbers"] == pytest.approx(np.log(2), abs=1e-6)
    assert facts["ends_whole"] == 1
    assert facts["prompt_pairs_told"] > 0.9
    assert np.isfinite(plain_facts("", "")).all()


def test_bytes_that_are_no_pair_are_refused() -> None:
    for content in (b"\xff", b"{}", Talk([("user", "?")], [("a", "one")]).json().encode()):
        with pytest.raises(ItemUnreadable):
            compared_talk(content)
    for content in (b"\xff", b"[1]", b"{", b'{"prompt": "a"}'):
        with pytest.raises(ItemUnreadable):
            list(Pairs().members("a.jsonl", content))


def test_made_pairs_are_the_same_again(tmp_path: Path) -> None:
    assert main([str(tmp_path), "--count", "50"]) == 0
    rows = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == list(pairs(0, 50))
    longer = sum(len(one["chosen"]) > len(one["rejected"]) for one in pairs(0, 500)) / 500
    assert 0.55 < longer < 0.75
