"""Small drawings for the page of an inspection, as SVG text: bars and histograms. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH = 560
ROW = 22


def bars(values: Sequence[tuple[str, float]], *, label_width: int = 180, width: int = WIDTH) -> Markup:
    """Horizontal bars with name and count, longest = greatest value."""
    if not values:
        return Markup("")
    most = max(value for _, value in values) or 1.0
    room = width - label_width - 70
    rows = []
    for at, (name, value) in enumerate(values):
        y = at * ROW
        length = max(1.0, room * value / most)
        rows.append(
            Markup(
                '<text class="t" x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="b" x="{}" y="{}" width="{:.1f}" height="14" rx="2"/>'
                '<text class="n" x="{:.1f}" y="{}">{}</text>'
            ).format(
                label_width - 8, y + 15, _short(name, label_width), label_width, y + 4, length,
                label_width + length + 6, y + 15, f"{value:,.0f}",
            )
        )  # fmt: skip
    return _svg(width, len(values) * ROW, rows)


def histogram(counts: Sequence[int], low: str, high: str, *, width: int = 220, height: int = 44) -> Markup:
    """Columns side by side with the ends of the range below them."""
    if not counts:
        return Markup("")
    most = max(counts) or 1
    step = width / len(counts)
    rows = []
    for at, count in enumerate(counts):
        tall = height * count / most
        rows.append(
            Markup('<rect class="b" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                at * step, height - tall, max(0.5, step - 1), tall
            )
        )
    rows.append(Markup('<text class="t" x="0" y="{}">{}</text>').format(height + 13, _short(low, 110)))
    end = Markup('<text class="t" x="{}" y="{}" text-anchor="end">{}</text>')
    rows.append(end.format(width, height + 13, _short(high, 110)) if high != low else Markup(""))
    return _svg(width, height + 18, rows)


def share(part: float, *, width: int = 60) -> Markup:
    """One bar that is filled to a share in [0, 1]."""
    rows = [
        Markup('<rect class="g" x="0" y="3" width="{}" height="8" rx="2"/>').format(width),
        Markup('<rect class="m" x="0" y="3" width="{:.1f}" height="8" rx="2"/>').format(
            width * min(1.0, max(0.0, part))
        ),
    ]
    return _svg(width, 14, rows)


def _svg(width: int, height: int, rows: Sequence[Markup]) -> Markup:
    head = Markup('<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img">').format(width, height)
    return head + Markup("").join(rows) + Markup("</svg>")


def _short(name: str, room: int) -> str:
    """A name cut to the room in pixels: a Chinese character is twice as wide as a Latin one."""
    used = 0
    for at, char in enumerate(name):
        used += 13 if ord(char) > 0x2E7F else 7
        if used > room - 12:
            return name[:at] + "…"
    return name
