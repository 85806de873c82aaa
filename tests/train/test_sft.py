"""Supervised fine-tuning: tokens and what is learnt of them, the whole recipe on a tiny model, and what is refused."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.train.here import run
from tongguan.catalog.labels.turn_edit import TurnEditLabel
from tongguan.catalog.metrics.answers import AnswerItem
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import METRICS
from tongguan.evaluate.measure import evaluate
from tongguan.evaluate.measure.page import page
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ItemUnreadable, ModelRefused, UsageProblem
from tongguan.train.recipes.child import CANCELLED
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.language_parts.local_model import checked_folder
from tongguan.train.recipes.sft.run.encoding import Encoder
from tongguan.train.recipes.sft.run.loading import load_encoder
from tongguan.train.recipes.sft.run.made import make
from tongguan.train.recipes.sources.registry import gather, media_of
from tongguan.train.recipes.start import Wish, open_or_continue

STEPS = 20
SMALL = {"batch": 8, "accumulate": 2, "learning_rate": 0.02, "checkpoint_steps": 4, "answer_tokens": 48, "looks": 2}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tiny Llama with a chat template, and conversations."""
    torch.set_num_threads(1)
    return make(tmp_path_factory.mktemp("made"), 40)


def begin(out: Path, model: Path, data: Path, kept: float = 0.2, **settings: Any) -> RunFolder:
    """Opens a run, or finds it again."""
    asked = {**SMALL, "model": str(model), **settings}
    folder, _ = open_or_continue(
        out, Wish("sft", asked, kept=kept, threads=1), gather("sft", data, "auto", asked, kept)
    )
    return folder


@pytest.fixture(scope="module")
def tuned(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished LoRA run."""
    folder = begin(tmp_path_factory.mktemp("lora") / "run", *made, steps=STEPS)
    assert run(folder) == 0
    return folder.path


def losses(path: Path) -> list[float]:
    return [one["loss"] for one in map(json.loads, (path / "metrics.jsonl").read_text().splitlines()) if "loss" in one]


def test_the_loss_falls_and_figures_stand_beside_the_untouched_model(tuned: Path) -> None:
    told = losses(tuned)
    assert told[-1] < told[0] - 0.3
    result = RunFolder(tuned).read().result
    assert result is not None
    ours, blind = result["metrics"], result["baseline"]["metrics"]
    assert result["baseline"]["name"] == "the untouched model"
    for name in ("token_loss", "perplexity"):
        assert ours[name]["low"] <= ours[name]["value"] <= ours[name]["high"] < blind[name]["low"]
    assert result["saved"]["loss"] < 1e-4, "saved is what was trained"
    assert result["saved"]["items"] == 8
    assert 0 < result["weights"]["trained"] < result["weights"]["all"]
    assert not (tuned / "checkpoints").exists()


def test_the_adapter_loads_without_this_program(tuned: Path, made: tuple[Path, Path]) -> None:
    adapter = tuned / "model" / "adapter"
    assert {"adapter_config.json", "adapter_model.safetensors"} <= {one.name for one in adapter.iterdir()}
    base = AutoModelForCausalLM.from_pretrained(str(made[0]), local_files_only=True)
    model = PeftModel.from_pretrained(base, str(adapter)).eval()
    tokenizer = AutoTokenizer.from_pretrained(str(adapter), local_files_only=True)
    name, content = next(media_of("sft").members("talks.jsonl", made[1].read_bytes().splitlines()[1]))
    (mark,) = load_predictor(tuned).predict([content])[0]
    assert name == "talks.jsonl:1"
    turns = json.loads(content)["turns"]
    messages = [{"role": one["role"], "content": one["text"]} for one in turns]
    asked = tokenizer.apply_chat_template(messages[:-1], tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(messages, tokenize=False)
    first, rest = (tokenizer(text)["input_ids"] for text in (asked, whole[len(asked) :]))
    with torch.no_grad():
        shares = model(input_ids=torch.tensor([first + rest])).logits[0].log_softmax(-1)
    loss = -sum(float(shares[len(first) + at - 1, token]) for at, token in enumerate(rest))
    assert mark.attributes["tokens"] == len(rest)
    assert mark.attributes["loss"] == pytest.approx(loss, rel=1e-4)


def test_predict_answers_the_last_question(tuned: Path) -> None:
    predictor = load_predictor(tuned)
    talk = {
        "messages": [{"role": "system", "content": "短答。"}, {"role": "user", "content": "三号水泵漏油，怎么办？"}]
    }
    ((_, content),) = media_of("sft").members("a.jsonl", json.dumps(talk).encode())
    (mark,) = predictor.predict([content])[0]
    assert isinstance(mark, TurnEditLabel)
    told = mark.model_dump()
    assert (told["kind"], told["label"], told["turn"], mark.before) == ("turn_edit", "answer", 2, "")
    assert told["attributes"] == {}, "no answer stands there: nothing is measured"
    assert 0.01 <= told["score"] <= 1
    assert predictor.predict([content])[0][0] == mark
    longer = json.dumps({"turns": [{"role": "user", "text": "漏油" * 400}]}).encode()
    assert predictor.predict([longer])[0][0].attributes["cut"] is True
    with pytest.raises(ItemUnreadable):
        predictor.predict([b'{"turns": [{"role": "assistant", "text": "?"}]}'])


def test_evaluate_finds_the_figures_of_training(tuned: Path, made: tuple[Path, Path]) -> None:
    found = evaluate(tuned, made[1])
    result = RunFolder(tuned).read().result
    assert result is not None
    assert found.side == "kept"
    assert found.as_json()["metrics"]["perplexity"]["value"] == pytest.approx(
        result["metrics"]["perplexity"]["value"], rel=1e-4
    )
    assert "perplexity" in page(found)


def test_what_was_changed_after_training_is_refused(tuned: Path, made: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(tuned, copy)
    weights = copy / "model" / "adapter" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ModelRefused, match="SHA-256"):
        load_predictor(copy)
    weights.unlink()
    with pytest.raises(ModelRefused, match="missing"):
        load_predictor(copy)
    shutil.copytree(tuned, tmp_path / "again")
    (tmp_path / "again" / "model" / "adapter" / "adapter_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelRefused, match=r"adapter_model\.bin"):
        load_predictor(tmp_path / "again")
    config = made[0] / "generation_config.json"
    before = config.read_bytes()
    try:
        config.write_bytes(before + b"\n")
        with pytest.raises(ModelRefused, match="no longer the model"):
            load_predictor(tuned)
    finally:
        config.write_bytes(before)


def test_every_weight_of_a_gpt_without_template(tmp_path: Path) -> None:
    model, data = make(tmp_path / "made", 24, kind="gpt2", chat=False)
    folder = begin(tmp_path / "run", model, data, steps=16, method="full", learning_rate=0.01, length=60)
    assert run(folder) == 0
    told = folder.read()
    assert told.result is not None
    assert told.result["template"] == "plain"
    assert told.result["weights"]["trained"] == told.result["weights"]["all"]
    assert told.result["tokens"]["truncated"] > 0
    assert "truncated" in {one["code"] for one in told.warnings}
    full = folder.path / "model" / "full"
    AutoModelForCausalLM.from_pretrained(str(full), local_files_only=True, use_safetensors=True)
    shutil.rmtree(model)
    assert load_predictor(folder.path).predict([b'{"turns": [{"role": "user", "text": "?"}]}'])[0][0].label == "answer"


@pytest.mark.kill
def test_killed_and_resumed_is_the_same(tuned: Path, made: tuple[Path, Path], tmp_path: Path) -> None:
    folder = begin(tmp_path / "killed", *made, steps=STEPS)
    child = multiprocessing.get_context("fork").Process(target=run, args=(folder,))
    child.start()
    until = time.monotonic() + 60
    while not folder.checkpoint.exists():
        assert time.monotonic() < until
        time.sleep(0.002)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert folder.read().state == "running"
    assert run(begin(folder.path, *made, steps=STEPS)) == 0
    told = folder.read()
    assert told.sessions == 2
    first, second = (one / "model" / "adapter" / "adapter_model.safetensors" for one in (tuned, folder.path))
    assert first.read_bytes() == second.read_bytes()
    assert load_file(first)
    lines = [json.loads(line) for line in folder.metrics_file.read_text().splitlines()]
    assert len(lines) == len({(one["step"], "look" in one) for one in lines}), "no figure is written twice"


def test_cancelled_and_another_model_in_the_same_folder(made: tuple[Path, Path], tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(made[0], model)
    folder = begin(tmp_path / "run", model, made[1], steps=2_000)
    folder.cancel_file.touch()
    assert run(folder) == CANCELLED
    assert folder.checkpoint.exists()
    begin(tmp_path / "run", model, made[1], steps=2_000)
    (model / "generation_config.json").write_text("{}")
    assert run(folder) == 1
    assert "no longer the model" in str(folder.read().error)


def test_steps_follow_the_epochs_where_the_minutes_are_long(made: tuple[Path, Path], tmp_path: Path) -> None:
    folder = begin(tmp_path / "run", *made, epochs=2, kept=0)
    assert run(folder) == 0
    told = folder.read()
    assert told.result is not None
    assert told.result["metrics"] == {}, "nothing is kept, so nothing may be claimed"
    assert told.result["steps"] == -(-40 * 2 // 16)


# What is learnt of a conversation.


@pytest.mark.parametrize("chat", [True, False])
def test_the_answers_alone_are_learnt(tmp_path: Path, chat: bool) -> None:
    model, _ = make(tmp_path, 12, chat=chat)
    encoder = load_encoder(model)
    turns = [
        ("system", "短答。"),
        ("user", "一号？"),
        ("assistant", "停机。"),
        ("user", "二号？"),
        ("assistant", "过热。"),
    ]
    one = encoder.encode(turns, 10**6)
    learnt = encoder.tokenizer.decode([token for token, wanted in zip(one.ids, one.learnt, strict=True) if wanted])
    end = "<|im_end|>\n" if chat else "<|im_end|>"
    assert learnt.replace(" ", "") == f"停机。{end}过热。{end}"
    assert one.cut == 0
    short = encoder.encode(turns, 10)
    assert (len(short.ids), short.cut) == (10, len(one.ids) - 10)
    asked = encoder.question(turns[:2])
    assert tuple(asked) == one.ids[: len(asked)], "in use the question is what it was in training"


def test_a_template_that_rewrites_earlier_turns_teaches_the_last_answer(made: tuple[Path, Path]) -> None:
    encoder = load_encoder(made[0])
    encoder.tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}:{{ m['content'] if loop.last or m['role'] == 'user' else '…' }}\n"
        "{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"
    )
    one = Encoder(encoder.tokenizer).encode([("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")], 999)
    assert encoder.tokenizer.decode([t for t, wanted in zip(one.ids, one.learnt, strict=True) if wanted]) == "d\n"
    encoder.tokenizer.chat_template = "{{ raise_exception('only users') }}"
    with pytest.raises(ItemUnreadable, match="template"):
        Encoder(encoder.tokenizer).encode([("user", "a"), ("assistant", "b")], 999)


# What is refused.


@contextmanager
def changed(file: Path, content: bytes) -> Iterator[None]:
    before = file.read_bytes() if file.exists() else None
    file.write_bytes(content)
    yield
    file.unlink() if before is None else file.write_bytes(before)


def test_names_pickles_and_code_are_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(made[0], model)
    assert checked_folder(str(model)) == model
    config = json.loads((model / "config.json").read_text())

    def refused(match: str, given: str = str(model)) -> None:
        with pytest.raises(UsageProblem, match=match):
            checked_folder(given)

    refused("nothing is downloaded", "some-owner/some-model")
    refused("it is empty", " ")
    with changed(model / "config.json", json.dumps({**config, "auto_map": {"AutoModelForCausalLM": "m.M"}}).encode()):
        refused("code of the model's own")
    with changed(model / "tokenizer_config.json", b'{"auto_map": {"AutoTokenizer": ["t.T", null]}}'):
        refused("code of the model's own")
    with changed(model / "config.json", json.dumps({**config, "quantization_config": {}}).encode()):
        refused("quantization")
    with changed(model / "config.json", b"[1"):
        refused("no JSON")
    with changed(model / "adapter_config.json", b"{}"):
        refused("adapter")
    for name in ("../other.safetensors", "pytorch_model.bin"):
        with changed(model / "model.safetensors.index.json", json.dumps({"weight_map": {"a": name}}).encode()):
            refused("no safetensors file")
    (model / "model.safetensors").unlink()
    refused("holds no model")
    (model / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    refused("pickle")
    with pytest.raises(UsageProblem, match="pickle"):
        gather("sft", made[1], "auto", {"model": str(model)}, 0.2)


def test_weights_that_are_absent_are_no_random_numbers(made: tuple[Path, Path], tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(made[0], model)
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    folder = begin(tmp_path / "run", model, made[1], steps=2)
    assert run(folder) == 1
    assert "lacks" in str(folder.read().error)


# Conversations as items.


def write(file: Path, rows: list[Any]) -> Path:
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return file


FORMS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "sharegpt": lambda ask, say: {
        "conversations": [{"from": "human", "value": ask}, {"from": "gpt", "value": say}],
    },
    "openai-messages": lambda ask, say: {
        "messages": [{"role": "user", "content": ask}, {"role": "assistant", "content": say}],
    },
    "alpaca": lambda ask, say: {"instruction": ask, "input": "", "output": say},
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_three_formats_are_read_alike(made: tuple[Path, Path], tmp_path: Path, form: str) -> None:
    rows = [FORMS[form](f"问题 {at // 2}", f"回答 {at}") for at in range(12)]
    file = write(tmp_path / "talks.json", [*rows, FORMS[form]("没有回答", "")])
    read = gather("sft", file, "auto", {"model": str(made[0])}, 0.3)
    assert read.format == form
    assert len(read.items) == 12
    assert len(read.left_out) == 1
    assert read.items[0].labels[0]["text"] == "回答 0"
    sides = {item.group: {other.side for other in read.items if other.group == item.group} for item in read.items}
    assert len(sides) == 6, "one question, one group"
    assert all(len(one) == 1 for one in sides.values())
    tree = media_of("sft").open(file)
    with tree.open(read.items[1].path) as stream:
        turns = json.loads(stream.read())["turns"]
    assert turns == [{"role": "user", "text": "问题 0"}, {"role": "assistant", "text": "回答 1"}]
    assert len(list(media_of("sft").members("talks.json", file.read_bytes()))) == 13


def test_groups_that_the_data_name_stay_together(made: tuple[Path, Path], tmp_path: Path) -> None:
    rows = [{**FORMS["alpaca"](f"问题 {at}", "是"), "group": f"班组 {at % 4}"} for at in range(20)]
    read = gather("sft", write(tmp_path / "talks.json", rows), "auto", {"model": str(made[0])}, 0.3)
    assert read.by == "group column"
    assert len({item.group for item in read.items}) == 4


def test_a_folder_of_nothing_says_so(made: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no conversations"):
        gather("sft", write(tmp_path / "a.json", [{"prompt": "a"}]), "auto", {"model": str(made[0])}, 0.3)
    with pytest.raises(ItemUnreadable):
        list(media_of("sft").members("a.json", b"[]"))


def test_figures_are_sums_over_tokens() -> None:
    items = [AnswerItem(6.0, 3), AnswerItem(2.0, 5), AnswerItem(0.0, 0)]
    loss = measure(METRICS["token_loss"], items, ["a", "b", "c"]).overall
    shown = measure(METRICS["perplexity"], items, ["a", "b", "c"]).overall
    assert loss.value == pytest.approx(1.0)
    assert shown.value == pytest.approx(2.718281828)
    assert loss.low is not None
    assert 0.4 <= loss.low <= 1 <= (loss.high or 0) <= 2
    assert measure(METRICS["perplexity"], [AnswerItem(0.0, 0)], ["a"]).overall.value is None
