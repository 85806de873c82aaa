"""Tagged sentences: every scheme of tags, characters with numbers, words, and offsets in code points."""

from __future__ import annotations

import pytest

from tongguan.catalog.formats.tag_sequences import is_tagged, sentences, spans_of


@pytest.mark.parametrize(
    "tags",
    [
        "O B-PER I-PER I-PER O B-LOC B-LOC I-LOC",
        "O B-PER I-PER E-PER O S-LOC B-LOC E-LOC",
        "O B-PER M-PER E-PER O S-LOC B-LOC E-LOC",
        "O B-PER I-PER L-PER O U-LOC B-LOC L-LOC",
        "O I-PER I-PER I-PER O I-LOC B-LOC I-LOC",
    ],
)
def test_every_scheme_says_the_same(tags: str) -> None:
    assert spans_of(tags.split()) == [(1, 4, "PER"), (5, 6, "LOC"), (6, 8, "LOC")]


def test_a_class_that_changes_inside_begins_a_span() -> None:
    assert spans_of(["B-PER", "I-LOC", "I-LOC"]) == [(0, 1, "PER"), (1, 3, "LOC")]


def test_numbers_of_places_in_words_are_no_text() -> None:
    text = "李0\tB-PER.NAM\n开1\tI-PER.NAM\n复2\tI-PER.NAM\n😀0\tO\n30\tO\n\n回0\tO\n复1\tO\n"
    first, second = sentences(text)
    assert (first.text, first.spans) == ("李开复😀3", ((0, 3, "PER.NAM"),))
    assert (second.text, second.spans) == ("回复", ())


def test_digits_that_are_text_stay() -> None:
    (one,) = sentences("我 O\n1 O\n0 O\n号 B-X\n")
    assert one.text == "我10号"
    assert one.spans == ((3, 4, "X"),)


def test_words_are_parted_by_blanks_but_chinese_is_not() -> None:
    (one,) = sentences(
        "-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\nGerman JJ B-MISC\ncall NN O\n".replace(" ", "\t")
    )
    assert one.text == "EU rejects German call"
    assert [one.text[start:end] for start, end, _ in one.spans] == ["EU", "German"]


def test_a_line_without_a_tag_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(sentences("我\tO\n们\n"))
    assert not is_tagged("今天天气不错\n很好\n")
    assert is_tagged("我\tO\r\n们\tB-PER\r\n")
