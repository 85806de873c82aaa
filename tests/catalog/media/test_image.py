"""Probing pictures: facts after EXIF rotation, and every way in which a file fails to be a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.catalog.samples import encoded, jpeg, noise, png_header, striped_png
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.image import gray, limit_pictures, preview, probe, verify
from tongguan.catalog.media.registry import MEDIA_TYPES, media_type_of


def problem(data: bytes, name: str) -> tuple[str, str]:
    with pytest.raises(MediaProblem) as caught:
        verify(data, name)
    return caught.value.check, caught.value.detail


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        ("jpg", "JPEG"),
        ("jpeg", "JPEG"),
        ("png", "PNG"),
        ("bmp", "BMP"),
        ("gif", "GIF"),
        ("tif", "TIFF"),
        ("webp", "WEBP"),
    ],
)
def test_facts_of_each_format(suffix: str, kind: str) -> None:
    facts = verify(encoded(noise(30, 20), kind), f"a.{suffix}")
    assert (facts.format, facts.width, facts.height, facts.media) == (kind, 30, 20, "image")
    assert facts.mime.startswith("image/")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_after_exif_rotation(kind: str, orientation: int) -> None:
    data = encoded(noise(30, 20), kind, orientation)
    facts = probe(io.BytesIO(data), "")
    turned = orientation >= 5
    assert (facts.width, facts.height) == ((20, 30) if turned else (30, 20))
    picture, width, height = gray(data, 10)
    assert (width, height) == (facts.width, facts.height)
    assert (picture.height > picture.width) == turned
    small = Image.open(io.BytesIO(preview(data, 16)))
    assert (small.height > small.width) == turned


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP", "TIFF"])
def test_half_a_file_is_truncated(kind: str) -> None:
    data = encoded(noise(200, 200), kind)
    check, detail = problem(data[: len(data) // 2], f"a.{kind.lower()}")
    assert check == "truncated", detail


def test_a_flipped_byte_inside_a_png_is_found() -> None:
    data = bytearray(encoded(noise(200, 200), "PNG"))
    data[len(data) // 2] ^= 0xFF
    assert problem(bytes(data), "a.png")[0] in ("unreadable", "truncated")


def test_suffix_and_bytes_disagree() -> None:
    assert problem(encoded(noise(), "PNG"), "a.jpg") == ("wrong_type", "the name ends in .jpg, the bytes are PNG")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b"  <svg xmlns='x'><script>alert(1)</script></svg>", "an SVG drawing"),
        (b"PK\x03\x04" + b"\x00" * 50, "a zip archive"),
        (b"just a text that somebody called .jpg", "not a picture"),
    ],
)
def test_what_is_no_picture_says_what_it_is(data: bytes, says: str) -> None:
    check, detail = problem(data, "a.jpg")
    assert check == "wrong_type"
    assert says in detail


def test_an_empty_file() -> None:
    assert problem(b"", "a.jpg") == ("unreadable", "the file is empty (0 bytes)")


def test_a_header_alone_is_unreadable() -> None:
    assert problem(b"\xff\xd8\xff\xe0" + b"\x00" * 40, "a.jpg")[0] == "unreadable"
    assert problem(b"\x89PNG\r\n\x1a\n", "a.png")[0] == "unreadable"


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (60_001, 10), (10, 60_001), (2**31 - 1, 2**31 - 1)])
def test_enormous_pictures_are_refused_before_decoding(width: int, height: int) -> None:
    check, detail = problem(png_header(width, height), "a.png")
    assert check == "unreadable"
    assert "refused" in detail or "header" in detail


def test_20000_by_20000_passes() -> None:
    data = striped_png(20_000, 20_000)
    facts = verify(data, "a.png")
    assert (facts.width, facts.height) == (20_000, 20_000)


def test_exactly_500_megapixels_are_within_the_limit() -> None:
    facts = probe(io.BytesIO(png_header(25_000, 20_000)), "a.png")
    assert facts.width * facts.height == 500_000_000


def test_an_installation_may_allow_less_but_never_more() -> None:
    try:
        limit_pictures(0.01, 300)
        assert "above 0.01 Mpx is refused" in problem(png_header(200, 51), "a.png")[1]
        assert "more than 300 px a side is refused" in problem(png_header(301, 2), "a.png")[1]
        assert probe(io.BytesIO(png_header(200, 50)), "a.png").width == 200
        limit_pictures(9000, 900_000)
        assert "above 500 Mpx is refused" in problem(png_header(25_000, 25_000), "a.png")[1]
        assert "60,000 px a side is refused" in problem(png_header(60_001, 10), "a.png")[1]
    finally:
        limit_pictures(500, 60_000)


def test_preview_is_a_small_jpeg_without_metadata() -> None:
    picture = Image.open(io.BytesIO(preview(encoded(noise(640, 480), orientation=6), 100)))
    assert picture.format == "JPEG"
    assert max(picture.size) == 100
    assert not picture.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_colour_mode_becomes_gray_and_preview(mode: str) -> None:
    base = noise(40, 30)
    picture = base.convert("I").convert(mode) if mode in ("I;16", "F") else base.convert(mode)
    kind = "JPEG" if mode == "CMYK" else "TIFF" if mode in ("I", "F") else "PNG"
    data = encoded(picture, kind)
    small, width, height = gray(data, 30)
    assert (small.mode, width, height) == ("L", 40, 30)
    assert preview(data, 20)


def test_16_bit_pictures_keep_their_light() -> None:
    dark, light = (encoded(Image.new("I;16", (20, 20), level), "PNG") for level in (1000, 60_000))
    assert gray(dark, 20)[0].getpixel((5, 5)) == 1000 // 256
    assert gray(light, 20)[0].getpixel((5, 5)) == 60_000 // 256


def test_registry() -> None:
    assert next(iter(MEDIA_TYPES)) == "image"
    found = media_type_of("x/Y.JPG")
    assert found is not None
    assert found.id == "image"
    assert media_type_of("a.exe") is None
    assert found.verify(io.BytesIO(jpeg()), "a.jpg") == found.probe(io.BytesIO(jpeg()), "a.jpg")
    assert found.preview(io.BytesIO(jpeg()), "a.jpg", 10).picture
