"""organ_top1: of the positives called positive, the share whose class is named rightly."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.screening import ScreenItem, Shares


class OrganTop1:
    """By label class, with classes that count as one put together."""

    id = "organ_top1"
    task = "screening"
    higher_is_better = True

    def prepare(self, items: Sequence[ScreenItem]) -> Shares:
        """Counts once; every resample reuses it."""
        return Shares(
            items, lambda item: item.is_positive() and item.called(), ScreenItem.right_organ, ScreenItem.organ
        )


METRIC = OrganTop1()
