"""Answers of a tuned model: the likeliest token at each step until the answer ends. And its loss on written ones."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import DynamicCache

from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.language_parts.local_model import digest_of, digests
from tongguan.train.recipes.sft.facts import Facts, Turns
from tongguan.train.recipes.sft.run.encoding import Encoder
from tongguan.train.recipes.sft.run.loading import load_base, load_encoder, with_adapter
from tongguan.train.recipes.sft.run.losses import losses_of
from tongguan.train.recipes.torch_parts.language_models import longest


class Answerer:
    """One loaded model with its tokenizer."""

    def __init__(self, model: Any, encoder: Encoder, facts: Facts) -> None:
        self._model, self._encoder, self._facts = model, encoder, facts
        self._room = longest(model, facts.length + facts.answer_tokens)

    def loss(self, turns: Turns) -> tuple[float, int]:
        """(sum of nats, tokens) over the written answers; (0, 0) where there is none. Raises ItemUnreadable."""
        return losses_of(self._model, [self._encoder.encode(turns, self._facts.length)])[0]

    def answer(self, turns: Turns) -> tuple[str, float, bool]:
        """The answer to what stands there, the geometric mean of its tokens' probabilities, and whether the beginning
        of the conversation had to be left out. Greedy, one conversation at a time. Raises ItemUnreadable."""
        whole = self._encoder.question(turns)
        asked = whole[-max(1, self._room - self._facts.answer_tokens, self._room // 2) :]
        found: list[int] = []
        sure = 0.0
        with torch.no_grad():
            for best, log_share in self._likeliest(asked, min(self._facts.answer_tokens, self._room - len(asked))):
                sure += log_share
                found.append(best)
                if best in self._encoder.stops:
                    break
        text = self._encoder.decode([one for one in found if one not in self._encoder.stops])
        return text, math.exp(sure / max(1, len(found))), len(asked) < len(whole)

    def _likeliest(self, asked: list[int], most: int) -> Iterator[tuple[int, float]]:
        """(token, ln p) one after the other. What was computed of earlier tokens is kept where the model can."""
        name = _cache_of(self._model)
        kept = {name: DynamicCache(config=self._model.config), "use_cache": True} if name else {"use_cache": False}
        device = next(self._model.parameters()).device
        ids = list(asked)
        for at in range(most):
            given = ids[-1:] if name and at else ids
            told = self._model(input_ids=torch.tensor([given], device=device), **kept)
            shares = told.logits[0, -1].float().log_softmax(dim=-1)
            best = int(shares.argmax())
            ids.append(best)
            yield best, float(shares[best])


def _cache_of(model: Any) -> str | None:
    """How the model calls the memory of earlier tokens: the word has changed between versions of the library."""
    network = model.get_base_model() if isinstance(model, PeftModel) else model
    known = inspect.signature(network.forward).parameters
    return next((name for name in ("cache", "past_key_values") if name in known), None)


def open_answerer(model: Path, facts: Facts) -> Answerer:
    """Opens what a run has saved after checking every file. Raises ModelRefused."""
    saved = model / facts.folder
    _check(saved, facts.saved)
    base = saved
    if facts.method == "lora":
        base = Path(facts.base)
        if not base.is_dir():
            message = f"{base} is gone: an adapter answers only together with the model that it was trained on"
            raise ModelRefused("model_missing", message, path=str(base))
        if digests(base) != facts.base_files:
            message = f"{base} is no longer the model that the adapter was trained on (a SHA-256 differs)"
            raise ModelRefused("model_damaged", message, path=str(base))
    threads = os.environ.get("TONGGUAN_PREDICT_THREADS", "").strip()
    if threads.isdigit() and int(threads):
        torch.set_num_threads(int(threads))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = load_base(base, device, facts.precision)
    if facts.method == "lora":
        network = with_adapter(network, saved)
    return Answerer(network, load_encoder(base), facts)


def _check(saved: Path, files: dict[str, str]) -> None:
    for name, digest in files.items():
        file = saved / name
        if not file.is_file():
            raise ModelRefused("model_missing", f"{file} is missing", path=str(file))
        if digest != digest_of(file):
            raise ModelRefused("model_damaged", f"{file} is not the file that was saved (its SHA-256 differs)")
    strange = sorted({one.name for one in saved.iterdir()} - set(files))
    if strange:
        raise ModelRefused("model_damaged", f"{saved} holds {strange[0]}, which was not saved there")
