"""Speech with what is said: a table with transcripts, Kaldi, TextGrid, subtitles or CTM; one utterance, one item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongguan.catalog.formats.base import Format, ReadError, ReadItem, Report, Tree
from tongguan.catalog.formats.paths import folder_of, is_junk, join, safe_path, side_of_folders, suffix_of
from tongguan.catalog.formats.sound_formats.rows import CtmFormat, KaldiFormat
from tongguan.catalog.formats.sound_formats.subtitles import SrtFormat, VttFormat
from tongguan.catalog.formats.sound_formats.textgrid import TextGridFormat
from tongguan.catalog.formats.text import read_lines
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.catalog.media.sound import SUFFIXES
from tongguan.train.recipes.base import ItemUnreadable, RecipeError, UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.sounds.sound_file import read_sound
from tongguan.train.recipes.sources.base import Found, OpenTree, Progress, Source
from tongguan.train.recipes.sources.sound_tables import sound_table
from tongguan.train.recipes.sources.sound_tree import SoundTree, stretch_path

TRANSCRIPT = ("transcript", "transcription", "text", "sentence", "转写", "文本", "内容")
SEGMENTED: tuple[Format, ...] = (KaldiFormat(), TextGridFormat(), SrtFormat(), VttFormat(), CtmFormat())
FORMATS = ("csv", *(one.id for one in SEGMENTED))
JOINED = frozenset({"textgrid", "ctm"})
"""Formats whose segments may be words: neighbours become one utterance."""
GAP, LONGEST = 0.3, 20.0
"""Seconds of silence that part two utterances, and the longest that neighbours are joined to."""
EDGE = 0.35
"""A stretch that leaves less than these seconds of a recording at either end is the whole recording."""
SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class _Said:
    """One utterance of a recording; start None: all of it."""

    file: str
    text: str
    speaker: str = ""
    side: str | None = None
    start: float | None = None
    end: float = 0.0


def read_speech(path: Path, below: OpenTree, format_id: str, progress: Progress | None) -> Source:
    """Every utterance that can be heard and has a transcript. Raises UsageProblem and RecipeError."""
    if format_id not in ("auto", *FORMATS):
        raise UsageProblem("unknown_format", f"speech is read as auto, {', '.join(FORMATS)}, not {format_id!r}")
    tree = SoundTree(below)
    try:
        return _read(path, tree, format_id, progress)
    except ReadError as error:
        raise RecipeError("data_unreadable", str(error), path=str(path)) from error
    finally:
        tree.close()


def _read(path: Path, tree: SoundTree, format_id: str, progress: Progress | None) -> Source:
    left_out: list[LeftOut] = []
    chosen, why, said = _said(path, tree, format_id, left_out)
    found: list[Found] = []
    for at, one in enumerate(said, start=1):
        _hear(tree, one, found, left_out)
        if progress:
            progress(at)
    if not found:
        raise UsageProblem("format_undecidable", f"{path} holds no sound with a transcript", candidates=list(FORMATS))
    return Source(
        path=str(path.resolve()),
        format=chosen,
        why=why,
        sha256=data_digest((one.sha256, label_digest(one.labels)) for one in found),
        found=tuple(found),
        left_out=tuple(left_out),
        grouped=any(one.speaker for one in said),
    )


def _said(path: Path, tree: Tree, format_id: str, left_out: list[LeftOut]) -> tuple[str, str, list[_Said]]:
    """Format, evidence, and all utterances in order of name."""
    members = [one for one in tree.list() if not is_junk(one)]
    sounds = [one for one in members if suffix_of(one) in SUFFIXES]
    table = sound_table(tree, members, sounds, TRANSCRIPT) if format_id in ("auto", "csv") else None
    if table is not None:
        rows = sorted(table[1].items())
        left_out += [LeftOut(name=name, reason="unlabelled") for name, row in rows if not row.label]
        said = [_Said(name, row.label, row.group or "", row.side) for name, row in rows if row.label]
        return "csv", f"{table[0]} names sounds and what is said", said
    scored = [(one.sniff(tree), one) for one in SEGMENTED if format_id in ("auto", one.id)]
    sniffed, chosen = max(scored, key=lambda pair: pair[0].score, default=(None, None))
    if sniffed is None or chosen is None or sniffed.score <= 0:
        raise UsageProblem("format_undecidable", f"{path} holds no sound with a transcript", candidates=list(FORMATS))
    whole = list(_kaldi_whole(tree, members, set(sounds))) if chosen.id == "kaldi" else []
    report = Report()
    read = [] if whole else [one for item in chosen.read(tree, report) for one in _of_item(item, chosen.id, left_out)]
    left_out += [LeftOut(name=one.item, reason=one.reason) for one in report.refused]
    return chosen.id, sniffed.evidence, sorted(whole or read, key=lambda one: (one.file, one.start or 0.0))


def _of_item(item: ReadItem, format_id: str, left_out: list[LeftOut]) -> Iterator[_Said]:
    labels = [one for one in item.labels or () if isinstance(one, SoundSegmentLabel) and one.transcript.strip()]
    if item.path is None or not labels:
        left_out.append(LeftOut(name=item.name, reason="unlabelled" if item.path else "the sound is missing"))
        return
    # Of several tiers (words, sounds of speech, remarks) the one that says most.
    tiers = {one.label for one in labels}
    said = {tier: sum(len(one.transcript) for one in labels if one.label == tier) for tier in tiers}
    tier = min(tiers, key=lambda name: (name.lower() not in (SPEECH, "words", "text", "transcript"), -said[name], name))
    rows = sorted((one for one in labels if one.label == tier), key=lambda one: (one.start, one.end))
    for some in _joined(rows) if format_id in JOINED else [[one] for one in rows]:
        text = _text([one.transcript.strip() for one in some])
        yield _Said(item.path, text, some[0].speaker or item.group or "", item.side, some[0].start, some[-1].end)


def _joined(rows: Sequence[SoundSegmentLabel]) -> list[list[SoundSegmentLabel]]:
    out: list[list[SoundSegmentLabel]] = []
    for one in rows:
        last = out[-1] if out else []
        near = last and one.start - last[-1].end <= GAP and one.end - last[0].start <= LONGEST
        if near and last[-1].speaker == one.speaker:
            last.append(one)
        else:
            out.append([one])
    return out


def _text(parts: Sequence[str]) -> str:
    """Words with blanks between them, Chinese without."""
    spaced = all(part.isascii() for part in parts)
    return (" " if spaced else "").join(parts)


def _kaldi_whole(tree: Tree, members: Sequence[str], sounds: set[str]) -> Iterator[_Said]:
    """Kaldi without `segments`: an utterance is a recording."""
    for place in members:
        folder = folder_of(place)
        if place.rpartition("/")[2] != "wav.scp" or join(folder, "segments") in members:
            continue
        texts, speakers = (
            dict(_pairs(tree, join(folder, name))) if join(folder, name) in members else {}
            for name in ("text", "utt2spk")
        )
        for name, told in _pairs(tree, place):
            clean = safe_path(told) or ""
            file = next((one for one in (join(folder, clean), clean) if one in sounds), None)
            if file and texts.get(name):
                speaker = speakers.get(name, "")
                yield _Said(file, texts[name], "" if speaker == name else speaker, side_of_folders(place))


def _pairs(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    for _, line in read_lines(tree, path):
        name, _, rest = line.strip().partition(" ")
        if name:
            yield name, rest.strip()


def _hear(tree: SoundTree, one: _Said, found: list[Found], left_out: list[LeftOut]) -> None:
    path = one.file
    try:
        if one.start is not None:
            with tree.open(one.file) as stream:
                samples, rate = read_sound(stream.read())
            if one.start > EDGE or one.end < len(samples) / rate - EDGE:
                path = stretch_path(one.file, one.start, one.end)
        with tree.open(path) as stream:
            content = stream.read()
        samples, rate = read_sound(content)
    except (ItemUnreadable, OSError) as error:
        left_out.append(LeftOut(name=path, reason=f"unreadable: {error}"))
        return
    label = SoundSegmentLabel(label=SPEECH, start=0, end=round(len(samples) / rate, 3), transcript=one.text)
    labels: tuple[LabelRecord, ...] = (label,)
    digest = sha256_hex(content)
    group = one.speaker or (one.file if one.start is not None else digest)
    found.append(Found(path, path, digest, labels, one.side or side_of_folders(one.file), group))
