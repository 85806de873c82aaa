"""Speech: decoding against all paths, made voices, and the ways in which transcripts are written down."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.judges.transcripts import TranscriptJudge
from tongguan.train.recipes.sounds.wave_file import read_wave, written_wave
from tongguan.train.recipes.sources.registry import MEDIA, read_for
from tongguan.train.recipes.speech_parts.decoding import (
    Bigrams,
    Language,
    beam_search,
    best_path,
    counted,
    placed_in_time,
    text_log,
)
from tongguan.train.recipes.speech_parts.made import main, utterance, utterances, write_speech
from tongguan.train.recipes.speech_parts.syllables import READINGS, parts
from tongguan.train.recipes.speech_parts.voice import RATE, speaker
from tongguan.train.recipes.speech_to_text.run.model import SpeechNet, output_frames

ANY = Language(Bigrams({}, 3), 0.0, 0.0)


def all_texts(frames: np.ndarray) -> dict[tuple[int, ...], float]:
    """Every text with the logarithm of its probability, over every path."""
    found: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(frames.shape[1]), repeat=len(frames)):
        text = tuple(one for at, one in enumerate(path) if one and (at == 0 or path[at - 1] != one))
        score = float(sum(frames[at, one] for at, one in enumerate(path)))
        found[text] = float(np.logaddexp(found.get(text, -np.inf), score))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_decoding_agrees_with_all_paths(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = np.log(rng.dirichlet(np.ones(3), int(rng.integers(2, 7))))
    texts = all_texts(frames)
    assert beam_search(frames, 1_000, ANY) == max(texts, key=lambda text: texts[text])
    for text, score in texts.items():
        assert text_log(frames, text) == pytest.approx(score)
        spans = placed_in_time(frames, text)
        assert len(spans) == len(text)
        assert all(start < end for start, end in spans)
        assert [end for _, end in spans] == sorted(end for _, end in spans)
    assert text_log(frames, (1,) * 9) == -np.inf
    assert best_path(frames) in texts


def test_language_decides_between_sounds_alike() -> None:
    frames = np.log(np.array([[0.1, 0.46, 0.44], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8]]))
    pairs = counted([(2, 2)] * 9 + [(1, 1)])
    assert best_path(frames) == (1, 2)
    assert beam_search(frames, 10, Language(Bigrams(pairs, 3), 1.0, 1.0)) == (2, 2)
    only = Language(Bigrams({}, 3), 0.0, 0.0, frozenset({(2, 2), (1,)}))
    assert beam_search(frames, 10, only) == (2, 2)


def test_bigrams_are_probabilities() -> None:
    model = Bigrams(counted([(1, 2), (1, 1), (2,)]), 3)
    for one in range(3):
        assert sum(np.exp(model.log(one, two)) for two in range(3)) == pytest.approx(1)


def test_padding_changes_no_answer() -> None:
    torch.manual_seed(0)
    model = SpeechNet(16, 16, 3, 5, 0.0).eval()
    for norm in (one for one in model.modules() if isinstance(one, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d)):
        torch.nn.init.normal_(norm.bias)
    sound = torch.randn(1, 1, 16, 37)
    longer = torch.nn.functional.pad(sound, (0, 30))
    frames = output_frames(torch.tensor([37]))
    with torch.no_grad():
        alone, padded = model(sound), model(longer, torch.tensor([37]))
    assert alone.shape[1] == int(frames[0])
    assert torch.allclose(alone, padded[:, : alone.shape[1]], atol=1e-5)


def test_a_made_voice_is_the_same_again_and_another_one_differs() -> None:
    one, again, other = (utterance(3, 5, speaker(3, who)) for who in (0, 0, 1))
    assert one == again
    assert one.content != other.content
    samples, rate = read_wave(one.content)
    assert rate == RATE
    assert 0.1 < np.abs(samples).max() <= 1
    assert one.times[-1][1] < len(samples) / rate
    assert len(one.times) == len(one.text)
    # Where somebody speaks it is louder than before.
    start, end = (round(one.times[at][0 if at == 0 else 1] * rate) for at in (0, -1))
    assert samples[start:end].std() > 3 * samples[: start // 2].std()


def test_every_character_can_be_said_and_syllables_differ() -> None:
    said = {char: parts(char) for char in READINGS}
    assert len({str(one) for one in said.values()}) == len(READINGS)
    with pytest.raises(KeyError):
        parts("龘")


def test_the_maker_writes_what_the_recipe_reads(tmp_path: Path) -> None:
    assert main([str(tmp_path / "made"), "--speakers", "2", "--each", "2"]) == 0
    source = read_for("speech-to-text", tmp_path / "made", "auto", {})
    assert (source.format, len(source.found), source.grouped) == ("csv", 4, True)
    assert {one.group for one in source.found} == {"speaker-00", "speaker-01"}
    label = source.found[0].labels[0]
    assert isinstance(label, SoundSegmentLabel)
    assert set(label.transcript) <= set(READINGS)
    with pytest.raises(FileExistsError):
        write_speech(tmp_path / "made", utterances(0, [0], 1))


def sound(folder: Path, name: str, seconds: float) -> None:
    """A file of noise."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(1).standard_normal(int(8_000 * seconds)) * 0.1
    (folder / name).write_bytes(written_wave(noise.astype(np.float32), 8_000))


def said(source: Any) -> list[tuple[str, str, str]]:
    """Name, transcript and group of every item."""
    return [(one.name, one.labels[0].transcript, one.group) for one in source.found]


def test_kaldi_with_and_without_segments(tmp_path: Path) -> None:
    sound(tmp_path / "a", "one.wav", 1)
    sound(tmp_path / "a", "two.wav", 1)
    (tmp_path / "a" / "wav.scp").write_text("u1 one.wav\nu2 two.wav\n", encoding="utf-8")
    (tmp_path / "a" / "text").write_text("u1 开门\nu2 关 灯\n", encoding="utf-8")
    (tmp_path / "a" / "utt2spk").write_text("u1 wang\nu2 li\n", encoding="utf-8")
    whole = read_for("speech-to-text", tmp_path / "a", "auto", {})
    assert whole.format == "kaldi"
    assert said(whole) == [("one.wav", "开门", "wang"), ("two.wav", "关 灯", "li")]
    sound(tmp_path / "b", "long.wav", 4)
    (tmp_path / "b" / "wav.scp").write_text("r long.wav\n", encoding="utf-8")
    (tmp_path / "b" / "segments").write_text("u1 r 0.5 1.5\nu2 r 2.0 3.25\n", encoding="utf-8")
    (tmp_path / "b" / "text").write_text("u1 开门\nu2 关灯\n", encoding="utf-8")
    (tmp_path / "b" / "utt2spk").write_text("u1 wang\nu2 li\n", encoding="utf-8")
    cut = read_for("speech-to-text", tmp_path / "b", "auto", {})
    assert said(cut) == [("long.wav#0.500-1.500", "开门", "wang"), ("long.wav#2.000-3.250", "关灯", "li")]
    tree = MEDIA["sound"].open(tmp_path / "b")
    samples, rate = read_wave(tree.open("long.wav#2.000-3.250").read())
    assert len(samples) / rate == pytest.approx(1.25)
    tree.close()


def test_words_of_a_textgrid_become_utterances(tmp_path: Path) -> None:
    sound(tmp_path, "a.wav", 3)
    rows = [(0, 0.5, ""), (0.5, 0.9, "open"), (0.9, 1.3, "door"), (1.3, 2.4, ""), (2.4, 2.8, "stop"), (2.8, 3, "")]
    lines = [
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n3\n<exists>\n1\n"IntervalTier"\n"words"\n0\n3\n6'
    ]
    lines += [f'{start}\n{end}\n"{text}"' for start, end, text in rows]
    (tmp_path / "a.TextGrid").write_text("\n".join(lines), encoding="utf-8")
    source = read_for("speech-to-text", tmp_path, "auto", {})
    assert said(source) == [("a.wav#0.500-1.300", "open door", "a.wav"), ("a.wav#2.400-2.800", "stop", "a.wav")]


def test_sounds_without_transcripts_are_no_speech(tmp_path: Path) -> None:
    sound(tmp_path, "a.wav", 1)
    with pytest.raises(UsageProblem):
        read_for("speech-to-text", tmp_path, "auto", {})


def test_the_judge_compares_texts() -> None:
    truth = [SoundSegmentLabel(label="speech", start=0, end=1, transcript="开门")]
    found = [
        SoundSegmentLabel(label="character", start=0, end=1, transcript="开", score=0.9),
        SoundSegmentLabel(label="speech", start=0, end=1, transcript="开灯", score=0.4),
    ]
    item = TranscriptJudge().item(truth, found)
    assert (item.truth, item.found, item.score) == ("开门", "开灯", 0.4)
    assert TranscriptJudge().item(truth, []).found == ""
