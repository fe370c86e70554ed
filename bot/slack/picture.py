"""The level over time as a picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

from PIL import Image, ImageDraw, ImageFont

from sync.history import Curve

WIDTH, HEIGHT = 960, 320  # pixels; Slack shows pictures about half as wide, so lines stay sharp
LEFT, RIGHT, TOP, BOTTOM = 84, 16, 16, 40
STRETCHES = WIDTH - LEFT - RIGHT  # one for each column of pixels
LABEL = 20  # pixels of a label's font
LINES = 4  # about so many lines across

PAPER, INK, FAINT = "#ffffff", "#454245", "#dddddd"
LEVEL, FILL, SHORT, SHORT_FILL = "#1f6f54", "#d5ebe2", "#b3261e", "#f6d9d7"  # short: oversold


def draw(curve: Curve) -> bytes:
    """Draw a curve as a PNG: steps, since a level jumps; what is oversold stands in red."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(LABEL)
    marks = list(_marks(min(curve.lowest, 0), max(curve.highest, 0)))
    low, high = marks[0], marks[-1]

    def height(level: int) -> int:
        room = HEIGHT - TOP - BOTTOM
        return TOP + round(room * (high - level) / (high - low))

    for level in marks:
        y = height(level)
        pen.line((LEFT, y, WIDTH - RIGHT, y), fill=INK if level == 0 else FAINT)
        pen.text((LEFT - 10, y), f"{level:,}", fill=INK, font=font, anchor="rm")
    zero = height(0)
    for x, lowest, highest, last in _columns(curve):
        over, under = height(max(last, 0)), height(min(last, 0))
        if last > 0:
            pen.line((x, over, x, zero - 1), fill=FILL)
        if last < 0:
            pen.line((x, zero + 1, x, under), fill=SHORT_FILL)
        colour = SHORT if lowest < 0 else LEVEL
        pen.line((x, height(highest) - 1, x, height(lowest) + 1), fill=colour)
    for moment, x, anchor in (
        (curve.begun, LEFT, "ls"),
        (curve.until, WIDTH - RIGHT, "rs"),
    ):
        pen.text((x, HEIGHT - 10), day(moment), fill=INK, font=font, anchor=anchor)
    held = io.BytesIO()
    image.save(held, "PNG", optimize=True)
    return held.getvalue()


def day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%d %b %Y")


def _columns(curve: Curve) -> Iterator[tuple[int, int, int, int]]:
    """Give each column its lowest, highest and last level; one without a movement stays level."""
    known = {stretch.place: stretch for stretch in curve.stretches}
    level = curve.stretches[0].last
    for place in range(STRETCHES):
        before, stretch = level, known.get(place)
        if stretch is None:
            yield LEFT + place, level, level, level
            continue
        level = stretch.last
        low, high = stretch.lowest, stretch.highest
        yield LEFT + place, min(low, before), max(high, before), level


def _marks(low: int, high: int) -> Iterator[int]:
    """Choose round numbers from below the lowest level to above the highest."""
    size = max(high - low, 1)
    step = 1
    while size > step * LINES:  # 1, 2, 5, 10, 20, 50, ...
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    first, last = low // step, -(-high // step)
    for number in range(first, max(last, first + 1) + 1):
        yield number * step
