"""Pictures without a sharp edge or any grain."""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.prepare.checks.base import BaseCheck, ItemFacts, Problem, is_blank

# Plates and photographs start at 8.7; blurred over 3 px and saved as JPEG again, all of them fall below 6.4.
BLURRIEST = 6.0


class Blurred(BaseCheck):
    """Warns. A blank picture is not called blurred as well."""

    id = "blurred"
    title = "no sharp edge anywhere"

    def item(self, facts: ItemFacts) -> Iterator[Problem]:
        """Variance of the Laplacian at about 256 px below 6."""
        found = facts.measurement
        if found is not None and found.sharpness < BLURRIEST and not is_blank(found):
            yield Problem(facts.name, self.id, f"sharpness {found.sharpness:.1f}, below {BLURRIEST:.0f}")
