"""The strip: what was published for each period, oldest left, newest right, as a PNG in grey.

Where a mark stands says the band (lower, middle and higher rows), and so does how dark it is; what is
uncertain is hatched. No colour is needed, and there is no figure in it but the dates under the periods.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

from bot.domain.digests import Band

MOST_PERIODS = 13
WIDTH, HEIGHT = 1000, 400
"""Pixels: about twice of what Slack shows on a wide screen; 36 pixels of a letter are 13 on a phone."""
SMOOTH = 2
"""Everything is drawn this many times as large, then reduced: Pillow's slanted lines have steps."""
FONT = "SourceSansPro-Semibold.ttf"
LETTERS = 36 * SMOOTH
WHITE, FAINT, INK = 255, 205, 25
LIGHT, MEDIUM, DARK = 215, 140, 60
LEFT, RIGHT, TOP, BOTTOM = (edge * SMOOTH for edge in (190, 985, 12, 318))
ROW = (BOTTOM - TOP) // 3
WIDEST = 150 * SMOOTH
GAP, EDGE, MARK = 5 * SMOOTH, 3 * SMOOTH, 10 * SMOOTH

ROWS = {
    Band.LOWER: (2, 2),
    Band.LOWER_MIDDLE: (1, 2),
    Band.MIDDLE: (1, 1),
    Band.MIDDLE_HIGHER: (0, 1),
    Band.HIGHER: (0, 0),
    Band.TOO_EARLY: (0, 2),
}
"""The first and the last row that a band covers, counted from the top."""
SHADES = {Band.LOWER: LIGHT, Band.MIDDLE: MEDIUM, Band.HIGHER: DARK}
HATCHES = {
    Band.LOWER_MIDDLE: (MEDIUM, 18 * SMOOTH),
    Band.MIDDLE_HIGHER: (DARK, 18 * SMOOTH),
    Band.TOO_EARLY: (MEDIUM, 44 * SMOOTH),
}
"""How dark the lines of an uncertain mark are, and how far they stand apart: further for "too early"."""

Box = tuple[int, int, int, int]


def strip(bands: Sequence[Band | None], *, rows: tuple[str, str, str], periods: Sequence[str]) -> bytes:
    """A PNG, the same bytes for the same values. rows: words for lower, middle and higher.

    bands and periods: oldest first, one label for each; None: no update. Of more than 13 the newest are
    drawn. Raises ValueError for none, or when their numbers differ.
    """
    if not bands or len(bands) != len(periods):
        raise ValueError("a strip needs one label for each of at least one period")
    bands, periods = bands[-MOST_PERIODS:], periods[-MOST_PERIODS:]
    image = Image.new("L", (WIDTH * SMOOTH, HEIGHT * SMOOTH), WHITE)
    draw = ImageDraw.Draw(image)
    step = min((RIGHT - LEFT) // len(bands), WIDEST)
    _rows(draw, rows, LEFT + step * len(bands))
    for place, band in enumerate(bands):
        _mark(image, band, LEFT + place * step, step)
    _labels(draw, periods, step)
    return _png(image.reduce(SMOOTH))


def _rows(draw: ImageDraw.ImageDraw, rows: tuple[str, str, str], end: int) -> None:
    for place in range(4):
        y = TOP + place * ROW
        draw.line((LEFT, y, end, y), fill=FAINT, width=EDGE)
    for place, words in enumerate(reversed(rows)):
        lines = _wrapped(words, LEFT - 4 * GAP)
        middle = TOP + place * ROW + ROW // 2
        draw.multiline_text(
            (LEFT - 3 * GAP, middle), lines, INK, _font(), anchor="rm", align="right", spacing=0
        )


def _wrapped(words: str, width: int) -> str:
    lines: list[str] = []
    for word in words.split():
        if lines and _font().getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _mark(image: Image.Image, band: Band | None, left: int, step: int) -> None:
    """Draw what was published for one period. Without words there is a small cross below the rows."""
    draw = ImageDraw.Draw(image)
    if band is None:
        middle, y = left + step // 2, BOTTOM + 2 * MARK
        for way in (1, -1):
            draw.line((middle - MARK, y - way * MARK, middle + MARK, y + way * MARK), fill=INK, width=EDGE)
        return
    first, last = ROWS[band]
    box = (left + GAP, TOP + first * ROW + GAP, left + step - GAP, TOP + (last + 1) * ROW - GAP)
    if band in HATCHES:
        _hatch(image, box, *HATCHES[band])
    draw.rectangle(box, fill=SHADES.get(band), outline=INK, width=EDGE)


def _hatch(image: Image.Image, box: Box, shade: int, apart: int) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    hatched = Image.new("L", (width, height), WHITE)
    draw = ImageDraw.Draw(hatched)
    for start in range(-height, width, apart):
        draw.line((start, height, start + height, 0), fill=shade, width=2 * EDGE)
    image.paste(hatched, box[:2])


def _labels(draw: ImageDraw.ImageDraw, periods: Sequence[str], step: int) -> None:
    """Words under the periods, from the newest backwards, as many as have room."""
    room = max(int(_font().getlength(label)) for label in periods) + 4 * GAP
    every = -(-room // step)
    for place in range(len(periods) - 1, -1, -every):
        middle = LEFT + place * step + step // 2
        half = room // 2
        x = min(max(middle, half), WIDTH * SMOOTH - half)
        draw.text((x, HEIGHT * SMOOTH - GAP), periods[place], INK, _font(), anchor="md")


@functools.cache
def _font() -> ImageFont.FreeTypeFont:
    """Pillow's own font has no accents, and what fonts a machine has differs: this one is a dependency."""
    with as_file(files("font_source_sans_pro") / "files" / FONT) as path:
        return ImageFont.truetype(
            io.BytesIO(path.read_bytes()), LETTERS, layout_engine=ImageFont.Layout.BASIC
        )


def _png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
