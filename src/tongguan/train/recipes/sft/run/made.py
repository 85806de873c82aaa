"""A tiny language model that knows nothing, and conversations to tune it on: for trying, tests and acceptance.

python -m tongguan.train.recipes.sft.run.made FOLDER [--conversations 60] [--seed 0] [--kind llama|gpt2] [--plain]

writes FOLDER/model (a few ten thousand weights, a tokenizer made from the conversations) and FOLDER/talks.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import logging

END, BEGIN = "<|im_end|>", "<|im_start|>"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PARTS = ("传送带", "破碎机", "给料机", "风机", "水泵", "提升机")
PLACES = ("一号井", "二号井", "东区", "西区")
STATES = {
    "停机": "先断电挂牌，再报班长。",
    "过热": "降载，等温度回落后再查润滑。",
    "异响": "停机检查轴承。",
    "漏油": "关阀，擦净后找密封。",
}
VOCABULARY = 320
WIDTH = 48
SPREAD = 0.2
"""Of the random weights: with less of it nothing that is trained beside frozen ones could say anything."""


def talks(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Questions about machines with answers that follow from them; a third of them has a second question."""
    rng = random.Random(seed)
    for number in range(count):
        part, place, state = rng.choice(PARTS), rng.choice(PLACES), rng.choice(sorted(STATES))
        turns = [
            {"role": "user", "content": f"{place}{number % 9 + 1}号{part}{state}，怎么办？"},
            {"role": "assistant", "content": f"{part}{state}：{STATES[state]}"},
        ]
        if number % 3 == 0:
            turns += [{"role": "user", "content": "在哪里？"}, {"role": "assistant", "content": f"在{place}。"}]
        yield {"messages": turns}


def make_tokenizer(texts: list[str], chat: bool) -> Any:
    """Pairs of bytes that are frequent in the texts become tokens; `chat` adds a template."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = [END, BEGIN]
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=alphabet)
    made.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, pad_token=END)
    if chat:
        tokenizer.chat_template = TEMPLATE
    return tokenizer


def make_model(folder: Path, tokenizer: Any, kind: str, seed: int) -> None:
    """Random weights in the form in which language models are shared."""
    torch.manual_seed(seed)
    ends = {"bos_token_id": tokenizer.eos_token_id, "eos_token_id": tokenizer.eos_token_id, "initializer_range": SPREAD}
    if kind == "gpt2":
        shape = {"n_embd": WIDTH, "n_layer": 2, "n_head": 2, "n_positions": 256}
        model: Any = GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), **shape, **ends))
    else:
        sizes = {"hidden_size": WIDTH, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 2}
        config = LlamaConfig(
            vocab_size=len(tokenizer), max_position_embeddings=256, tie_word_embeddings=False, **sizes, **ends
        )
        model = LlamaForCausalLM(config)
    model.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))


def make(folder: Path, count: int = 60, seed: int = 0, kind: str = "llama", chat: bool = True) -> tuple[Path, Path]:
    """Writes both; returns the folder of the model and the file of the conversations."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = list(talks(count, seed))
    file = folder / "talks.jsonl"
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    texts = [turn["content"] for one in lines for turn in one["messages"]]
    make_model(folder / "model", make_tokenizer(texts, chat), kind, seed)
    return folder / "model", file


def main() -> int:
    """The command."""
    logging.disable_progress_bar()
    parser = argparse.ArgumentParser(prog="python -m tongguan.train.recipes.sft.run.made")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--conversations", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=("llama", "gpt2"), default="llama")
    parser.add_argument("--plain", action="store_true", help="without a chat template")
    given = parser.parse_args()
    for path in make(given.folder, given.conversations, given.seed, given.kind, not given.plain):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
