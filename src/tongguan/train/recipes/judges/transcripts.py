"""Speech: what was understood against what was said, as a whole text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.catalog.metrics.boxes import Operating
from tongguan.catalog.metrics.classes import ClassItem, answering_point
from tongguan.catalog.metrics.texts import SPEECH, TextItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded, rounded_down


def said_in(labels: Sequence[LabelRecord]) -> str:
    """The transcript of an item: of its segments `speech`, in their order, with single blanks."""
    parts = [one for one in labels if isinstance(one, SoundSegmentLabel) and one.label == SPEECH]
    return " ".join(" ".join(one.transcript for one in sorted(parts, key=lambda one: one.start)).split())


class TranscriptJudge:
    """Contract of `Judge` for speech; an answer is right at its operating point where the whole text is."""

    task = "transcription"
    main = "cer"
    blind_name = "most frequent sentence"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> TextItem:
        """Both texts, and how sure the model is."""
        sure = [one.score or 0.0 for one in found if isinstance(one, SoundSegmentLabel) and one.label == SPEECH]
        return TextItem(said_in(truth), said_in(found), min(sure, default=0.0))

    def best_threshold(self, items: Sequence[TextItem]) -> Operating:
        """The score with the best F1."""
        return rounded_down(answering_point([_whole(one) for one in items]))

    def at_threshold(self, items: Sequence[TextItem], threshold: float) -> dict[str, float]:
        """Precision, recall and F1 of whole texts with score >= threshold."""
        return rounded(answering_point([_whole(one) for one in items], threshold))

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """Always the sentence that most training sounds hold."""
        counts = Counter(said_in(item.records()) for item in train)
        if not counts:
            return None
        text, count = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        mark = SoundSegmentLabel(label=SPEECH, start=0, end=0, transcript=text, score=count / counts.total())
        return lambda _item: [mark]


def _whole(item: TextItem) -> ClassItem:
    return ClassItem(item.truth, item.found or None, item.score)
