"""The contract of media types, looping over the registry: probe, verify, preview, and files that are broken."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.catalog.media import made
from tongguan.catalog.media.base import MediaFacts, MediaProblem
from tongguan.catalog.media.conversation import messages_of
from tongguan.catalog.media.point_cloud import read_cloud
from tongguan.catalog.media.point_cloud.pcd import unpack_lzf
from tongguan.catalog.media.registry import MEDIA_TYPES, media_type_of
from tongguan.catalog.media.text import read_text

OF_LINES = ("text", "conversation", "table", "series")  # half of one may be a shorter one
CASES = [(kind, name) for kind, samples in made.SAMPLES.items() for name, _ in samples]


def sample(kind: str, name: str) -> bytes:
    return next(make for each, make in made.SAMPLES[kind] if each == name)()


def verified(kind: str, data: bytes, name: str) -> MediaFacts:
    return MEDIA_TYPES[kind].verify(io.BytesIO(data), name)


def problem(kind: str, data: bytes, name: str) -> str:
    with pytest.raises(MediaProblem) as caught:
        verified(kind, data, name)
    assert caught.value.detail
    return caught.value.check


def test_every_type_has_samples_and_words() -> None:
    assert set(made.SAMPLES) == set(MEDIA_TYPES)
    for kind, member in MEDIA_TYPES.items():
        assert member.id == kind
        assert set(member.title) == {"en", "zh"}
        assert member.limits


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_probe_verify_and_preview(kind: str, name: str) -> None:
    data, member = sample(kind, name), MEDIA_TYPES[kind]
    found = media_type_of(name)
    assert kind == "series" or found is member
    stream = io.BytesIO(data)
    facts = member.probe(stream, name)
    assert not stream.closed
    whole = verified(kind, data, name)
    assert (facts.media, facts.format, facts.mime) == (kind, whole.format, whole.mime)
    assert "/" in facts.mime
    for figure in member.figures:
        assert isinstance(whole.details[figure], int | float)
    seen = member.preview(io.BytesIO(data), name, 64)
    assert seen.picture or seen.text or kind == "document"
    if seen.picture:
        assert max(Image.open(io.BytesIO(seen.picture)).size) <= 64


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_an_empty_file_and_a_file_of_another_kind(kind: str, name: str) -> None:
    assert problem(kind, b"", name) == "unreadable"
    other = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d not that" if kind != "image" else b"%PDF-1.7 not that"
    assert problem(kind, other, name) in ("wrong_type", "unreadable", "truncated")


@pytest.mark.parametrize(("kind", "name"), [case for case in CASES if case[0] not in OF_LINES])
def test_half_a_file(kind: str, name: str) -> None:
    data = sample(kind, name)
    if name.endswith((".mp3", ".ogg")):
        pytest.skip("streams without a length in their header: half of one is a shorter one")
    assert problem(kind, data[: len(data) // 2 - 3], name) in ("truncated", "unreadable")


def test_pages_and_bits_of_a_tiff() -> None:
    facts = verified("image", made.tiff(3), "a.tif")
    assert (facts.details["pages"], facts.details["bits"]) == (3, 8)
    deep = verified("image", made.tiff(1, "I;16"), "a.tif")
    assert deep.details["bits"] == 16
    data = bytearray(made.tiff(2))
    assert problem("image", bytes(data[: len(data) - 200]), "a.tif") in ("truncated", "unreadable")


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000, 96000])
def test_sound_of_any_rate(rate: int) -> None:
    facts = verified("sound", made.sound(rate=rate, seconds=0.25, channels=2), "a.wav")
    assert facts.details["rate"] == rate
    assert facts.details["channels"] == 2
    assert facts.details["seconds"] == pytest.approx(0.25, abs=1e-3)


def test_sound_that_is_another_sound_or_is_cut() -> None:
    assert problem("sound", made.sound("FLAC"), "a.wav") == "wrong_type"
    data = made.sound()
    assert problem("sound", data[:-100], "a.wav") == "truncated"
    flac = bytearray(made.sound("FLAC", seconds=2))
    flac[len(flac) // 2] ^= 0xFF
    assert problem("sound", bytes(flac), "a.flac") in ("unreadable", "truncated")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_text_keeps_its_offsets(codec: str) -> None:
    words = "鋼板的表面\r\n第二行\n" if codec == "big5" else "钢板的表面\r\n第二行\n"
    text, found = read_text(io.BytesIO(words.encode(codec)))
    assert text == words
    assert found == codec
    assert problem("text", b"a\x00b", "a.txt") == "wrong_type"


def test_shapes_of_conversations() -> None:
    turns = [("user", "q"), ("assistant", "a")]
    assert messages_of({"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}) == turns
    assert messages_of({"instruction": "q", "input": "", "output": "a"}) == turns
    assert messages_of({"prompt": "q", "chosen": "a", "rejected": "b"}) == turns
    assert messages_of({"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}]}) == [("user", "q")]
    assert messages_of({"messages": [{"role": "narrator", "content": "q"}]}) is None
    assert messages_of({"text": "q"}) is None
    assert problem("conversation", made.messages() + b'{"messages": [', "a.jsonl") == "truncated"
    assert problem("conversation", b'{"a": 1}\n', "a.jsonl") == "wrong_type"


def test_rhythm_of_a_series() -> None:
    facts = verified("series", made.series(), "a.csv")
    assert (facts.details["step"], facts.details["gaps"], facts.details["regular"]) == (3600.0, 0, True)
    lines = made.series().decode().splitlines()
    del lines[10:13]
    lines[20], lines[21] = lines[21], lines[20]
    facts = verified("series", "\n".join(lines).encode(), "a.csv")
    assert facts.details["missing"] >= 3
    assert facts.details["backward"] == 1
    assert problem("series", b"a,b\n1,2\n3,4\n", "a.csv") == "wrong_type"


@pytest.mark.parametrize("name", [name for name, _ in made.SAMPLES["point_cloud"]])
def test_points_are_the_same_in_every_format(name: str) -> None:
    cloud = read_cloud(io.BytesIO(sample("point_cloud", name)), name)
    assert cloud.xyz == pytest.approx(made.XYZ, abs=1e-3)
    assert cloud.header.points == 3


def test_packed_points() -> None:
    assert unpack_lzf(bytes([2]) + b"abc" + bytes([(1 << 5), 2]), 6) == b"abcabc"
    assert unpack_lzf(bytes([0]) + b"a" + bytes([(7 << 5), 1, 0]), 11) == b"a" * 11
    with pytest.raises(MediaProblem, match="damaged"):
        unpack_lzf(bytes([(1 << 5), 9]), 3)


def test_clouds_that_are_refused() -> None:
    huge = made.pcd().replace(b"POINTS 3", b"POINTS 999999999")
    assert problem("point_cloud", huge, "a.pcd") == "unreadable"
    many = made.pcd("ascii").replace(b"POINTS 3", b"POINTS 99999999")
    assert problem("point_cloud", many, "a.pcd") == "truncated"
    assert problem("point_cloud", made.pcd().replace(b"FIELDS x", b"FIELDS q"), "a.pcd") == "unreadable"
    assert problem("point_cloud", np.full(8, 1e30, dtype="<f4").tobytes(), "a.bin") == "wrong_type"
    packed = bytearray(made.las())
    packed[104] |= 0x80
    assert problem("point_cloud", bytes(packed), "a.laz") == "unreadable"


def test_documents() -> None:
    facts = verified("document", made.pdf(3), "a.pdf")
    assert (facts.details["pages"], facts.width, facts.height) == (3, 595, 842)
    assert facts.details["pages_without_words"] == 3
    assert problem("document", made.pdf(password="secret"), "a.pdf") == "unreadable"
