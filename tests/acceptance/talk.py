"""Texts and sounds by the commands: names in Weibo posts, posts that name a person, digits of speakers never heard,
commands of made voices, and made pairs of answers."""

from __future__ import annotations

import csv
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.acceptance.commands import call
from tests.acceptance.table import Table
from tongguan.catalog.formats.tag_sequences import sentences
from tongguan.train.recipes.preference.made import pairs, write_pairs
from tongguan.train.recipes.speech_parts.made import utterances, write_speech

ENTITY_F1, SOUND_ACCURACY = 0.52, 0.85
"""What is asked for; the aims are 0.55 and 0.92."""
SPEECH_CER = 0.1
"""What the chain should reach on speech that we make ourselves; it says nothing of real speech."""


@dataclass
class Talk:
    """data: the folder of all sets. In quick mode trainings are short and figures have no target."""

    data: Path
    folder: Path
    quick: bool
    table: Table

    def run(self) -> None:
        """All lines whose data are there; the made voices always are."""
        if (self.data / "ner-weibo").is_dir():
            self._names()
            self._persons()
        if (self.data / "spoken-digits").is_dir():
            self._digits()
        self._commands()
        self._answers()

    def _names(self) -> None:
        told, found, minutes = self._measured("span-extraction", self.data / "ner-weibo", 0.2 if self.quick else 3)
        self._line("ner-weibo", "span-extraction entity_f1", told, found, minutes, "entity_f1", ENTITY_F1)

    def _persons(self) -> None:
        """Made from the Weibo posts: does a post name a person?"""
        made = self.folder / "weibo-person"
        made.mkdir(parents=True)
        for side in ("train", "dev", "test"):
            text = (self.data / "ner-weibo" / f"{side}.conll").read_text(encoding="utf-8")
            with (made / f"{side}.csv").open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["text", "label"])
                for one in sentences(text):
                    rows.writerow([one.text, "person" if any(span[2] == "PER.NAM" for span in one.spans) else "none"])
        told, found, minutes = self._measured("text-classification", made, 0.1 if self.quick else 0.5)
        self._line("ner-weibo, derived", "text-classification macro_f1", told, found, minutes, "macro_f1", None)

    def _digits(self) -> None:
        """Each speaker in turn is never heard in training."""
        speakers = sorted({row["group"] for row in self._spoken()})
        chosen = speakers[:1] if self.quick else speakers
        values, minutes = [], 0.0
        for speaker in chosen:
            made = self._without(speaker)
            _, found, spent = self._measured(
                "sound-classification", made, 0.3 if self.quick else 0.8, "--set", "kept=0"
            )
            values.append(float(found["metrics"]["accuracy"]["value"]))
            minutes += spent
        mean, spread = float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        half = 1.96 * spread / len(values) ** 0.5
        each = ", ".join(f"{speaker} {value:.3f}" for speaker, value in zip(chosen, values, strict=True))
        words = f"{mean:.3f} ± {half:.3f} over {len(values)} speakers ({each}), baseline 0.100, {minutes:.1f} min"
        holds = None if self.quick else mean >= SOUND_ACCURACY
        self.table.add("spoken-digits: sound-classification accuracy", words, f">= {SOUND_ACCURACY}", holds)

    def _commands(self) -> None:
        """Made speech: what is kept are voices that were not heard."""
        made = self.folder / "made-speech"
        write_speech(made, utterances(0, range(12), 20 if self.quick else 40))
        told, _, minutes = self._measured("speech-to-text", made, 0.5 if self.quick else 2.5)
        one, blind = (where["metrics"]["cer"] for where in (told, told["baseline"]))
        words = (
            f"{one['value']:.3f} ({one['low']:.3f}–{one['high']:.3f}), baseline {blind['value']:.3f}, {minutes:.1f} min"
        )
        holds = None if self.quick else bool(one["value"] <= SPEECH_CER)
        self.table.add("speech, project-made: speech-to-text cer", words, f"<= {SPEECH_CER}", holds)

    def _answers(self) -> None:
        """Made pairs in which the better answer is often the longer one: who reads must clearly beat who counts."""
        file = self.folder / "made-pairs" / "pairs.jsonl"
        write_pairs(file, pairs(0, 1_200))
        steps = ("--set", "steps=60" if self.quick else "steps=200")
        told, found, minutes = self._measured("preference", file.parent, 1, *steps)
        one, length = found["metrics"]["accuracy"], told["baseline"]["metrics"]["accuracy"]
        words = f"{one['value']:.3f} ({one['low']:.3f}–{one['high']:.3f})"
        words += f", length alone {length['value']:.3f} (to {length['high']:.3f}), {minutes:.1f} min"
        holds = None if self.quick else bool(one["low"] > length["high"])
        self.table.add("pairs of answers, project-made: preference accuracy", words, "> length alone", holds)

    def _spoken(self) -> list[dict[str, str]]:
        with (self.data / "spoken-digits" / "labels.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _without(self, speaker: str) -> Path:
        """The digits with this speaker on the test side."""
        made = self.folder / f"digits-{speaker}"
        shutil.copytree(self.data / "spoken-digits" / "recordings", made / "recordings")
        with (made / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["file", "label", "group", "side"])
            for row in self._spoken():
                side = "test" if row["group"] == speaker else "train"
                rows.writerow([row["file"], row["label"], row["group"], side])
        return made

    def _measured(self, recipe: str, data: Path, minutes: float, *more: str) -> tuple[Any, Any, float]:
        """What train and evaluate say, and the minutes that both took."""
        began = time.monotonic()
        run = self.folder / f"run-{recipe}-{data.name}"
        words = ["--recipe", recipe, "--data", str(data), "--out", str(run), "--minutes", str(minutes), *more]
        told = call("train", *words)
        found = call("evaluate", str(run), "--data", str(data))
        return told, found, (time.monotonic() - began) / 60

    def _line(
        self, data: str, what: str, told: Any, found: Any, minutes: float, metric: str, target: float | None
    ) -> None:
        one = found["metrics"][metric]
        kept, blind = (where["metrics"][metric]["value"] for where in (told, told["baseline"]))
        beside = f"kept side {kept:.3f} against baseline {blind:.3f}"
        words = f"{one['value']:.3f} ({one['low']:.3f}–{one['high']:.3f}); {beside}, {minutes:.1f} min"
        holds = None if self.quick or target is None else bool(one["value"] >= target)
        self.table.add(f"{data}: {what}", words, f">= {target}" if target else "", holds)
