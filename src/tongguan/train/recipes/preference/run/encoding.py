"""The encoder's folder to a graph that ONNX Runtime reads: prompt and answer as tokens -> the mean of the answer's last
hidden states.

It is exported once, before anything is learnt, and compared with PyTorch on real answers. Training then sees what
serving will see: the same graph.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
import transformers
from torch import Tensor, nn

from tongguan.train.recipes.base import ModelRefused, RecipeError
from tongguan.train.recipes.language_parts.local_model import weight_bytes
from tongguan.train.recipes.language_parts.pair_tokens import NAMES, PairTokens, Tokens
from tongguan.train.recipes.model_folder import MOST_MODEL_BYTES
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import ENCODER_OPERATORS
from tongguan.train.recipes.torch_parts.language_models import UNREADABLE, load_tokenizer, load_weights, longest
from tongguan.train.recipes.torch_parts.onnx_file import to_onnx

PARAMETER = "encoder"
ENCODED = "encoded"
BYTES_A_WEIGHT = 4
ROOM_FOR_OTHERS = 50_000_000
"""Bytes of a model that n-grams and tokenizer may need beside the encoder's weights."""
LEAST_PROBE = 4
ALIKE, EXPORTED = 1e-4, 1e-3
"""Largest difference between two ways to call the model, and between PyTorch and the graph: shares of the largest
value."""


@dataclass(frozen=True, slots=True)
class Exported:
    """content: the graph, with `NAMES` as inputs and one output (1, width). difference: from PyTorch, on real
    answers."""

    content: bytes
    tokens: PairTokens
    width: int
    weights: int
    difference: float


class AnswerNet(nn.Module):
    """Tokens of one prompt with an answer -> the mean of the answer's last hidden states; zeros without an answer.

    kinds: the model knows first from second text. places: it is told the places of tokens. causal: no token sees later
    ones. Told both, the graph needs neither a range nor a mask made from shapes.
    """

    def __init__(self, model: Any, kinds: bool, places: bool, causal: bool) -> None:
        super().__init__()
        self.model, self.kinds, self.places, self.causal = model, kinds, places, causal
        self.no_cache = {"use_cache": False} if "use_cache" in _known(model) else {}

    def forward(self, ids: Tensor, kinds: Tensor, positions: Tensor, answer: Tensor) -> Tensor:
        """(1, t) each -> (1, width)."""
        given: dict[str, Any] = {"input_ids": ids, **self.no_cache}
        if self.kinds:
            given["token_type_ids"] = kinds
        if self.places:
            given["position_ids"] = positions
        if self.causal:
            later = positions[:, None, :, None] < positions[:, None, None, :]
            least = torch.tensor(torch.finfo(torch.float32).min)
            given["attention_mask"] = torch.where(later, least, torch.tensor(0.0))
        states = self.model(**given).last_hidden_state
        share = answer.unsqueeze(2)
        mean: Tensor = (states * share).sum(dim=1) / share.sum(dim=1).clamp(min=1.0)
        return mean


def export_encoder(folder: Path, length: int, answers: Sequence[tuple[str, str]]) -> Exported:
    """answers: some real ones with their prompts, to compare on. Raises RecipeError where the folder holds no model
    that reads so, or one too large for a model's file."""
    if weight_bytes(folder) > MOST_MODEL_BYTES:
        raise _refused(
            folder, f"its weights take more than the {MOST_MODEL_BYTES:,} bytes that a model's file may have"
        )
    model = load_weights(
        transformers.AutoModel,
        folder,
        needless="pooler.",
        parameter=PARAMETER,
        dtype=torch.float32,
        attn_implementation="eager",
    )
    if getattr(model.config, "is_encoder_decoder", False):
        raise _refused(folder, "it has an encoder and a decoder; a model of one part is wanted")
    weights = sum(one.numel() for one in model.parameters())
    if weights * BYTES_A_WEIGHT > MOST_MODEL_BYTES - ROOM_FOR_OTHERS:
        most = (MOST_MODEL_BYTES - ROOM_FOR_OTHERS) // BYTES_A_WEIGHT
        raise _refused(folder, f"it has {weights:,} weights; a model's file has room for {most:,}")
    tokens = _tokens(folder, model, length)
    samples = [tokens.encode(*one) for one in answers]
    try:
        with torch.no_grad():
            network = _fitting(model, samples)
            content = to_onnx(network, _tensors(_probe(samples)), NAMES, (ENCODED,), {name: {1: "t"} for name in NAMES})
            wanted = [_plain(network)(*_tensors(one)).numpy() for one in samples]
    except UNREADABLE as error:
        raise _refused(folder, f"it gives no graph: {' '.join(str(error).split())[:300]}") from error
    try:
        check_onnx(content, ENCODER_OPERATORS)
    except ModelRefused as error:
        raise _refused(folder, f"it gives no graph that may be served: {error.message}") from error
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    inputs = {one.name for one in session.get_inputs()}
    apart = 0.0
    for sample, other in zip(samples, wanted, strict=True):
        own = session.run(None, {name: value for name, value in sample.arrays().items() if name in inputs})[0]
        apart = max(apart, float(np.abs(own - other).max() / max(1.0, np.abs(other).max())))
    if not apart <= EXPORTED:
        raise RecipeError("export_differs", f"encoder: the graph of {folder} differs from PyTorch by {apart:.2e}")
    return Exported(content, tokens, int(wanted[0].shape[1]), weights, apart)


def _tokens(folder: Path, model: Any, length: int) -> PairTokens:
    tokenizer = load_tokenizer(folder, PARAMETER)
    fast = getattr(tokenizer, "backend_tokenizer", None)
    if fast is None:
        raise _refused(folder, "its tokenizer has no form of one file (tokenizer.json)")
    # Models that count places by themselves, as RoBERTa does, begin behind the number of their filling token.
    begun = max(
        (_skipped(one) for name, one in model.named_modules() if name.endswith("position_embeddings")), default=0
    )
    most = min(longest(model, length + begun) - begun, int(min(tokenizer.model_max_length, length)))
    try:
        tokens = PairTokens(str(fast.to_str()), most)
    except ValueError as error:
        raise _refused(folder, str(error)) from error
    rows = int(model.get_input_embeddings().num_embeddings)
    if tokens.largest() >= rows:
        raise _refused(folder, f"its tokenizer has tokens up to {tokens.largest()}, the model {rows} rows for them")
    return tokens


def _skipped(places: nn.Module) -> int:
    first = getattr(places, "padding_idx", None)
    return 0 if first is None else int(first) + 1


def _fitting(model: Any, samples: Sequence[Tokens]) -> AnswerNet:
    """The way to call the model that is easiest to export and gives what the plain one gives."""
    kinds = "token_type_ids" in _known(model) and int(getattr(model.config, "type_vocab_size", 0) or 0) > 1
    plain = AnswerNet(model, kinds, places=False, causal=False).eval()
    given = _tensors(_probe(samples))
    if "position_ids" not in _known(model):
        return AnswerNet(model, kinds, False, _causal(model, given[0])).eval()
    told = AnswerNet(model, kinds, True, _causal(model, given[0])).eval()
    wanted = plain(*given)
    if float((told(*given) - wanted).abs().max()) <= ALIKE * max(1.0, float(wanted.abs().max())):
        return told
    return AnswerNet(model, kinds, False, _causal(model, given[0])).eval()


def _plain(network: AnswerNet) -> AnswerNet:
    return AnswerNet(network.model, network.kinds, places=False, causal=False).eval()


def _causal(model: Any, ids: Tensor) -> bool:
    """Whether the first token is the same whatever the last one is."""
    other = ids.clone()
    other[0, -1] = ids[0, 0] if int(ids[0, 0]) != int(ids[0, -1]) else (ids[0, -1] + 1) % 2
    first, second = (model(input_ids=one).last_hidden_state[0, 0] for one in (ids, other))
    return bool(torch.equal(first, second))


def _probe(samples: Sequence[Tokens]) -> Tokens:
    """The longest of the samples, repeated where all are short: a graph is traced, and seen to be causal, on it."""
    one = max(samples, key=lambda each: len(each.ids))
    times = -(-LEAST_PROBE // len(one.ids))
    return Tokens(np.tile(one.ids, times), np.tile(one.kinds, times), np.tile(one.answer, times), 0)


def _tensors(one: Tokens) -> tuple[Tensor, ...]:
    return tuple(torch.from_numpy(value) for value in one.arrays().values())


def _known(model: Any) -> Any:
    return inspect.signature(model.forward).parameters


def _refused(folder: Path, reason: str) -> RecipeError:
    return RecipeError("model_refused", f"encoder: {folder} cannot be used: {reason}")
