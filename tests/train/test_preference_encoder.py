"""The reward model with an encoder of the user's own: every kind of model, one graph, killed and resumed, refused."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)

from tests.train.here import run
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.folder import RunFolder
from tongguan.train.recipes.language_parts.pair_tokens import PairTokens
from tongguan.train.recipes.preference.made import pairs, write_pairs
from tongguan.train.recipes.preference.predict import PreferencePredictor
from tongguan.train.recipes.preference.run.encoding import AnswerNet, export_encoder
from tongguan.train.recipes.sources.registry import gather
from tongguan.train.recipes.start import Wish, open_or_continue

WIDTH, PLACES = 32, 96
SHAPE: dict[str, Any] = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": PLACES,
    "initializer_range": 0.2,
}
SPECIAL = ("[UNK]", "[PAD]", "[CLS]", "[SEP]")
ROWS: list[dict[str, str]] = list(pairs(0, 60))
TEXTS = [row[name] for row in ROWS for name in ("prompt", "chosen", "rejected")]
SETTINGS: dict[str, Any] = {"steps": 30, "batch": 16, "checkpoint_steps": 5, "encoder_length": 64, "looks": 2}


def make_encoder(folder: Path, kind: str, texts: list[str]) -> Path:
    """A tiny model that knows nothing: one token a character."""
    names = [*SPECIAL, *sorted({char for text in texts for char in text})]
    made = Tokenizer(models.WordLevel({name: at for at, name in enumerate(names)}, "[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    if kind in ("bert", "roberta"):
        ends = [("[CLS]", 2), ("[SEP]", 3)]
        pair = "[CLS] $A [SEP] $B:1 [SEP]:1" if kind == "bert" else "[CLS] $A [SEP] [SEP] $B [SEP]"
        made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", pair, ends)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=made, model_max_length=PLACES, unk_token="[UNK]", pad_token="[PAD]"
    )
    torch.manual_seed(0)
    size, marks = len(names), {"pad_token_id": 1, "bos_token_id": 2, "eos_token_id": 3}
    model: Any
    if kind == "bert":
        model = BertModel(BertConfig(vocab_size=size, **SHAPE, **marks))
    elif kind == "roberta":
        model = RobertaForMaskedLM(RobertaConfig(vocab_size=size, type_vocab_size=1, **SHAPE, **marks))
    elif kind == "llama":
        model = LlamaForCausalLM(LlamaConfig(vocab_size=size, num_key_value_heads=2, **SHAPE, **marks))
    else:
        shape = {"n_embd": WIDTH, "n_layer": 2, "n_head": 4, "n_positions": PLACES, "initializer_range": 0.2}
        model = GPT2LMHeadModel(GPT2Config(vocab_size=size, **shape, **marks))
    model.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tiny BERT and pairs."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("made")
    write_pairs(folder / "pairs.jsonl", ROWS)
    return make_encoder(folder / "bert", "bert", TEXTS), folder / "pairs.jsonl"


def begin(out: Path, encoder: str, data: Path, **settings: Any) -> RunFolder:
    """Opens a run, or finds it again."""
    asked = {**SETTINGS, "encoder": encoder, **settings}
    gathered = gather("preference", data, "auto", asked, 0.2)
    return open_or_continue(out, Wish("preference", asked, kept=0.2, threads=1), gathered)[0]


@pytest.fixture(scope="module")
def trained(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    folder = begin(tmp_path_factory.mktemp("encoder") / "run", str(made[0]), made[1])
    assert run(folder) == 0
    return folder.path


def test_encoder_and_reward_are_one_graph_that_is_what_was_trained(trained: Path, made: tuple[Path, Path]) -> None:
    told = RunFolder(trained).read()
    assert told.result is not None
    assert told.result["onnx"]["score"] < 1e-4
    assert told.result["onnx"]["items"] == 8
    encoder = told.result["encoder"]
    assert (encoder["folder"], encoder["width"], encoder["length"]) == (str(made[0]), WIDTH, 64)
    assert encoder["difference"] < 1e-4
    assert encoder["truncated"] > 0
    assert "truncated" in {one["code"] for one in told.warnings}
    assert told.result["baseline"]["name"] in ("the longer answer", "the shorter answer")
    assert {"accuracy", "ece"} <= set(told.result["metrics"])
    assert not (trained / "cache").exists()


def test_prediction_loads_neither_torch_nor_the_folder_of_the_encoder(trained: Path, made: tuple[Path, Path]) -> None:
    predictor = load_predictor(trained)
    assert isinstance(predictor, PreferencePredictor)
    row = ROWS[0]
    own = [float(predictor.reward(row["prompt"], row[name])[0]) for name in ("chosen", "rejected")]
    away = made[0].with_name("away")
    made[0].rename(away)
    try:
        code = (
            "import json, sys; from pathlib import Path; from tongguan.train.recipes import load_predictor\n"
            "predictor = load_predictor(Path(sys.argv[1])); row = json.loads(sys.argv[2])\n"
            "print(json.dumps([float(predictor.reward(row['prompt'], row[n])[0]) for n in ('chosen', 'rejected')]))\n"
            "sys.exit(', '.join({'torch', 'transformers', 'onnx'} & set(sys.modules)) or 0)"
        )
        words = [sys.executable, "-c", code, str(trained), json.dumps(row)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    finally:
        away.rename(made[0])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == pytest.approx(own, abs=1e-5)
    assert predictor.reward("泵", "机") != predictor.reward("温", "机"), "only the encoder can tell these apart"


def test_without_an_encoder_nothing_of_it_is_written(made: tuple[Path, Path], tmp_path: Path) -> None:
    folder = begin(tmp_path / "run", "", made[1], steps=4)
    assert run(folder) == 0
    result = folder.read().result
    assert result is not None
    assert "encoder" not in result
    assert b"tokenizer" not in (folder.model / "model.onnx").read_bytes()
    assert not (folder.path / "base.json").exists()


@pytest.mark.kill
def test_killed_and_resumed_is_the_same(trained: Path, made: tuple[Path, Path], tmp_path: Path) -> None:
    folder = begin(tmp_path / "killed", str(made[0]), made[1])
    stored = folder.cache / "encoded.bin"
    for file in (stored, folder.checkpoint):
        child = multiprocessing.get_context("fork").Process(target=run, args=(folder,))
        child.start()
        until = time.monotonic() + 60
        while not file.exists():
            assert time.monotonic() < until
            time.sleep(0.002)
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        with stored.open("ab") as out:
            out.write(b"half a record")
    assert run(begin(folder.path, str(made[0]), made[1])) == 0
    assert folder.read().sessions == 3
    first, second = (one / "model" / "model.onnx" for one in (trained, folder.path))
    assert first.read_bytes() == second.read_bytes()


def test_another_encoder_than_the_run_began_with_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    folder = begin(tmp_path / "run", str(made[0]), made[1])
    (folder.path / "base.json").write_text("{}")
    assert run(folder) == 1
    assert "encoder: " in str(folder.read().error)
    assert "no longer the model" in str(folder.read().error)


@pytest.mark.parametrize(("kind", "length"), [("bert", PLACES), ("roberta", PLACES - 2), ("gpt2", 96), ("llama", 96)])
def test_every_kind_of_model_is_exported_as_it_answers(kind: str, length: int, tmp_path: Path) -> None:
    folder = make_encoder(tmp_path / kind, kind, TEXTS)
    samples = [(row["prompt"] * 3, row["chosen"]) for row in ROWS[:3]] + [("", "好"), ("好", "")]
    exported = export_encoder(folder, 200, samples)
    assert exported.difference < 1e-5
    assert exported.width == WIDTH
    assert exported.tokens.length == length, "as many as the model has places for"


def test_what_no_graph_can_hold_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    def asked(encoder: str, match: str) -> None:
        with pytest.raises(UsageProblem, match=match):
            gather("preference", made[1], "auto", {"encoder": encoder}, 0.2)

    copy = tmp_path / "copy"
    shutil.copytree(made[0], copy)
    config = json.loads((copy / "config.json").read_text())
    asked("some-owner/some-model", "encoder: .*nothing is downloaded")
    (copy / "config.json").write_text(json.dumps({**config, "auto_map": {"AutoModel": "m.M"}}))
    asked(str(copy), "encoder: .*code of the model's own")
    (copy / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(RecipeError, match="lacks"):
        export_encoder(copy, 64, [("a", "b")])
    (copy / "config.json").write_text(json.dumps(config))
    tokens = json.loads((copy / "tokenizer.json").read_text())
    tokens["model"]["vocab"]["more"] = 10_000
    (copy / "tokenizer.json").write_text(json.dumps(tokens))
    with pytest.raises(RecipeError, match="tokens up to 10000"):
        export_encoder(copy, 64, [("a", "b")])


@pytest.mark.parametrize(("kind", "extra"), [("bert", 3), ("gpt2", 0)])
def test_what_is_too_long_is_cut_where_it_matters_least(kind: str, extra: int, tmp_path: Path) -> None:
    folder = make_encoder(tmp_path / kind, kind, ["abcdefghij"])
    tokens = PairTokens((folder / "tokenizer.json").read_text(), 16 + extra)
    a, j = 4, 13

    def told(prompt: str, answer: str) -> tuple[list[int], list[int], int]:
        one = tokens.encode(prompt, answer)
        assert len(one.ids) <= 16 + extra
        asked = [at for at, of in zip(one.ids.tolist(), one.answer, strict=True) if not of and at >= a]
        return asked, one.ids[one.answer > 0].tolist(), one.cut

    assert told("ab", "ij") == ([a, a + 1], [j - 1, j], 0)
    asked, answer, cut = told("abcdefghij" * 3, "aj")
    assert (asked[-1], len(asked), answer, cut) == (j, 14, [a, j], 16)
    asked, answer, cut = told("abcdefghij" * 3, "abcdefghij" * 3)
    assert (asked[-1], len(asked), answer[0], len(answer), cut) == (j, 4, a, 12, 44)
    assert told("", "") == ([], [], 0)
    assert len(tokens.encode("", "").ids) == max(1, extra)
    with pytest.raises(ValueError, match="tokenizer"):
        PairTokens("{}", 64)
    if extra:
        with pytest.raises(ValueError, match="no room"):
            PairTokens(tokens.text, extra)


def test_the_mean_is_of_the_tokens_of_the_answer() -> None:
    class Echo:
        def forward(self, input_ids: torch.Tensor) -> Any:
            class Told:
                last_hidden_state = input_ids.float().unsqueeze(2).expand(-1, -1, 2)

            return Told

        __call__ = forward

    ids, kinds = torch.tensor([[7, 2, 4]]), torch.zeros((1, 3), dtype=torch.int64)
    net = AnswerNet(Echo(), kinds=False, places=False, causal=False)
    assert net(ids, kinds, kinds, torch.tensor([[0.0, 1.0, 1.0]])).tolist() == [[3.0, 3.0]]
    assert net(ids, kinds, kinds, torch.zeros((1, 3))).tolist() == [[0.0, 0.0]]
