"""What about a table of another program looks like a slip of its spreadsheet: sentences, none of them certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

Row = Mapping[str, str]

# A table that would empty the file is a wrong file more often than a wish; one row may well be replaced by another.
_SEVERAL = 2
_NUMBERED = ("id", "contract", "property", "unit", "number")
_SHOWN = 3


def doubts_about(
    rows: Sequence[Row], lines: Sequence[int], before: Sequence[Row], gone: int, keys: Sequence[object]
) -> Iterator[str]:
    """Look at the rows as they would be written; `lines` and `keys` are those of `rows`."""
    if len(before) >= _SEVERAL and gone * 2 > len(before):
        yield f"{gone} of the {len(before)} rows that are there would be gone: is it the right file, and all of it?"
    yield from _twice(lines, keys)
    yield from _postcodes(rows, lines, before)
    yield from _telephones(rows, lines)
    yield from _eaten(rows, before)


def _twice(lines: Sequence[int], keys: Sequence[object]) -> Iterator[str]:
    counts = Counter(keys)
    twice = [line for line, key in zip(lines, keys, strict=True) if counts[key] > 1]
    if twice:
        yield f"{_lines(twice)} say the same thing again, or something else of the same: each may stand there once"


def _postcodes(rows: Sequence[Row], lines: Sequence[int], before: Sequence[Row]) -> Iterator[str]:
    codes = [row.get("postcode", "") for row in rows]
    german = any(
        re.fullmatch(r"\d{5}", code) for code in [*codes, *(row.get("postcode", "") for row in before)]
    )
    short = [line for line, code in zip(lines, codes, strict=True) if re.fullmatch(r"\d{4}", code)]
    if german and short:
        yield f"the postcodes of {_lines(short)} have four digits among others with five: a leading zero was eaten"


def _telephones(rows: Sequence[Row], lines: Sequence[int]) -> Iterator[str]:
    short = [
        line
        for line, row in zip(lines, rows, strict=True)
        if re.fullmatch(r"[1-9]\d{6,}", row.get("phone", "").replace(" ", ""))
    ]
    if short:
        yield f"the telephone numbers of {_lines(short)} begin with neither 0 nor +: a leading zero was eaten"


def _eaten(rows: Sequence[Row], before: Sequence[Row]) -> Iterator[str]:
    """Numbers that stood there with leading zeros, and come without them now."""
    for column in _NUMBERED:
        had = {row[column] for row in before if row.get(column, "").startswith("0")}
        have = {row[column] for row in rows if column in row}
        bare = {number.lstrip("0"): number for number in sorted(had - have)}
        lost = sorted(number for number in have & set(bare) if number.isdigit())
        if lost:
            yield (
                f"`{column}` {lost[0]} is {bare[lost[0]]} in what is there (and so for {len(lost)} of them): "
                "leading zeros were eaten; format the column as text"
            )


def _lines(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:_SHOWN]))
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
