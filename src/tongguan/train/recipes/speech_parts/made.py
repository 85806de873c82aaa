"""Project-made speech: short commands of a machine hall, spoken by voices made of numbers, with known times.

    python -m tongguan.train.recipes.speech_parts.made speech/ --speakers 12 --each 40

writes WAV files and `labels.csv` (file, transcript, group = speaker). It is for trying and testing: figures on it say
nothing of real speech.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tongguan.train.recipes.speech_parts.syllables import READINGS
from tongguan.train.recipes.speech_parts.voice import RATE, Floats, Speaker, speaker, spoken

NUMBERS = "一二三四五六七八九十"
THINGS = ("灯", "门", "车", "泵", "吊车", "吊机", "泵机", "车门", "车灯")
ACTS = ("打开", "关", "停", "开", "关上", "停下")
MOVES = ("上升", "下降", "前进", "后退", "左转", "右转", "快进", "快退", "慢进", "慢退", "停")
LOUDEST_NOISE = 0.1


class Utterance(NamedTuple):
    """One command: its file, what is said, who says it, WAV bytes, and seconds from and to of each character."""

    name: str
    text: str
    speaker: str
    content: bytes
    times: tuple[tuple[float, float], ...]


def command(rng: np.random.Generator) -> str:
    """A command such as 打开三号灯 or 吊车左转."""
    number = f"{rng.choice(list(NUMBERS))}号" if rng.random() < 0.6 else ""
    thing = f"{number}{rng.choice(THINGS)}"
    return str(rng.choice(ACTS)) + thing if rng.random() < 0.5 else thing + str(rng.choice(MOVES))


def utterance(seed: int, number: int, who: Speaker, text: str | None = None) -> Utterance:
    """Utterance `number` of a speaker; everything random comes from seed, speaker and number."""
    rng = np.random.default_rng([seed, 12, number, *who.name.encode()])
    said = command(rng) if text is None else text
    samples, times = spoken(said, who, rng)
    return Utterance(f"{who.name}_{number:04d}.wav", said, who.name, _recorded(samples, rng), tuple(times))


def utterances(seed: int, speakers: Sequence[int], each: int) -> Iterator[Utterance]:
    """`each` utterances of every one of the speakers."""
    for one in speakers:
        who = speaker(seed, one)
        for number in range(each):
            yield utterance(seed, number, who)


def write_speech(folder: Path, made: Iterator[Utterance]) -> int:
    """Writes WAV files and `labels.csv` into a folder; returns how many. Raises FileExistsError where a table is."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / "labels.csv").open("x", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "transcript", "group"])
        for one in made:
            (folder / one.name).write_bytes(one.content)
            rows.writerow([one.name, one.text, one.speaker])
            count += 1
    return count


def _recorded(samples: Floats, rng: np.random.Generator) -> bytes:
    """With noise of the hall and an echo, as WAV of 16 bits."""
    heard = samples.copy()
    late = int(rng.uniform(0.01, 0.05) * RATE)
    heard[late:] += rng.uniform(0, 0.3) * samples[:-late]
    hum = np.cumsum(rng.standard_normal(len(heard)))
    hum -= np.convolve(hum, np.ones(201) / 201, "same")
    noise = rng.standard_normal(len(heard)) + 0.3 * hum / max(1e-9, float(hum.std()))
    level = float(heard.std()) * 10 ** rng.uniform(-3, np.log10(LOUDEST_NOISE))
    heard += level * noise
    heard *= rng.uniform(0.2, 0.9) / max(1e-9, float(np.abs(heard).max()))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((heard * 32_767).astype("<i2").tobytes())
    return out.getvalue()


def main(words: Sequence[str] | None = None) -> int:
    """The command above."""
    parser = argparse.ArgumentParser(description="Writes project-made speech: short commands, WAV and labels.csv.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speakers", type=int, default=12, help="voices, low and high in turn")
    parser.add_argument("--each", type=int, default=40, help="commands of each voice")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    count = write_speech(asked.folder, utterances(asked.seed, range(asked.speakers), asked.each))
    sys.stdout.write(f"{count} commands with {len(READINGS)} characters in {asked.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
