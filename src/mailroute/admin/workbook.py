"""An .xlsx file → rows of text, as a person sees them in the spreadsheet. The only place that knows openpyxl.

Never evaluates a formula: what the spreadsheet program last calculated is what counts. Sizes are looked at before
anything is unpacked; zipfile gives no more than an entry has declared.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from mailroute.admin.impossible import Impossible

_UNPACKED_BYTES = 256 * 1024 * 1024
_PARTS = 2_000
_ROWS = 1_000_000
_COLUMNS = 64
# What a cell can hold in a spreadsheet program. One long text may stand in a million cells and need its place once.
_CELL_CHARS = 32_767
_TEXT_CHARS = 128 * 1024 * 1024
_DIGITS = 15  # more than these a spreadsheet does not keep
_ZEROS = re.compile(r"0{2,20}")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA_WITHOUT_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)(?:<(?:\w+:)?v\s*/>|<v></v>)?</(?:\w+:)?c>"
)
_CHUNK_BYTES = 1024 * 1024
# What openpyxl raises on files that only look like workbooks; its documentation names the first two. zipfile says
# NotImplementedError of a way to compress that it does not know, RuntimeError of a password.
_BROKEN = (
    zipfile.BadZipFile, InvalidFileException, zlib.error, SyntaxError, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet with their numbers, empty ones left out; `others` are the sheets that were not read.

    `merged` are ranges like A5:A9; `doubts` are sentences about cells that do not say what they seem to.
    """

    name: str
    others: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    merged: tuple[str, ...]
    doubts: tuple[str, ...]


def is_workbook(content: bytes) -> bool:
    """Whether it begins like an .xlsx, or like a spreadsheet file that `read_workbook` refuses with a remedy."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"))


def read_workbook(content: bytes, wanted: str | None = None) -> Sheet:
    """The sheet of that name, else the first one that can be seen. Raises Impossible."""
    _check_size(content)
    try:
        with warnings.catch_warnings():
            # It warns of drop-down lists and colours that it leaves out; so do we.
            warnings.simplefilter("ignore")
            return _read(content, wanted)
    except _BROKEN as error:
        raise Impossible(
            "this workbook is damaged: open it in the spreadsheet program and save it as .xlsx again"
        ) from error


def _check_size(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Impossible("this is an old .xls file or has a password: save it as .xlsx without one")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Impossible("this .xlsx file is not whole: save or send it again") from error
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED_BYTES:
        raise Impossible(
            f"unpacked, this workbook has more than {_UNPACKED_BYTES >> 20} MB: "
            "delete empty rows and other sheets, or save the sheet as CSV"
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Impossible("this is a zip file, but no .xlsx workbook: save the table as .xlsx or CSV")


def _read(content: bytes, wanted: str | None) -> Sheet:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible" or sheet.title == wanted]
    names = [sheet.title for sheet in sheets]
    if wanted is not None and wanted not in names:
        raise Impossible(f"there is no sheet {wanted!r}; there are {', '.join(names)}")
    if not sheets:
        raise Impossible("this workbook has no sheet that can be seen")
    # Read-only sheets are of another class than the types of openpyxl say.
    sheet: Any = sheets[names.index(wanted)] if wanted is not None else sheets[0]
    doubts: list[str] = []
    # What the file says of its own size is often wrong.
    sheet.reset_dimensions()
    rows = tuple(_rows(sheet, doubts))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        # openpyxl tells of merged cells only where it holds the whole sheet in memory. The path is its own secret.
        merged, formulas = _oddities(archive, sheet._worksheet_path)
    if formulas:
        doubts.append(
            f"{formulas} formulas have never been calculated and count as empty: open the file in the "
            "spreadsheet program and save it"
        )
    others = tuple(name for name in names if name != sheet.title)
    return Sheet(sheet.title, others, rows, merged, tuple(doubts))


def _rows(sheet: Any, doubts: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    chars = 0
    for count, cells in enumerate(sheet.iter_rows(max_col=_COLUMNS), start=1):
        if count > _ROWS:
            raise Impossible(f"this sheet has more than {_ROWS} rows: split it")
        filled = [(place, cell) for place, cell in enumerate(cells) if cell.value is not None]
        if filled:
            texts = [""] * (filled[-1][0] + 1)
            for place, cell in filled:
                texts[place] = _text(cell, doubts)
                chars += len(texts[place])
            if chars > _TEXT_CHARS:
                raise Impossible(
                    "this sheet holds more text than a list of people or contracts has: split it"
                )
            yield filled[0][1].row, tuple(texts)


def _text(cell: object, doubts: list[str]) -> str:
    """What the spreadsheet shows, so far as it matters: whole numbers without `.0`, dates as 2026-12-24."""
    value: object = getattr(cell, "value", None)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime() | date():
            return f"{value:%Y-%m-%d}"
        case time():
            return value.isoformat("minutes")
        case int() | float():
            return _number(cell, value, doubts)
        case _:
            text = " ".join(str(value)[:_CELL_CHARS].split())
    if getattr(cell, "data_type", "") == "e":
        doubts.append(f"{_place(cell)} says {text}: a formula of the spreadsheet has failed")
    return text


def _number(cell: object, value: float, doubts: list[str]) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    text = str(int(value)) if value == int(value) else str(value)
    if len(text.lstrip("-")) > _DIGITS and value == int(value):
        doubts.append(
            f"{_place(cell)} holds {text}: of a number the spreadsheet keeps only {_DIGITS} digits, "
            "so its end is invented; format the column as text and fill it again"
        )
    # A postcode 1067 that is shown as 01067.
    shown = str(getattr(cell, "number_format", ""))
    return text.zfill(len(shown)) if _ZEROS.fullmatch(shown) else text


def _place(cell: object) -> str:
    return str(getattr(cell, "coordinate", "a cell"))


def _oddities(archive: zipfile.ZipFile, part: str) -> tuple[tuple[str, ...], int]:
    """The merged cells of the sheet, and how many formulas were never calculated."""
    merged: list[str] = []
    formulas = 0
    before = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK_BYTES):
            # What begins in one chunk and ends in the next is found with the last bytes of the one before.
            text = before + chunk
            merged += [found[1].decode() for found in _MERGED.finditer(text) if found.end() > len(before)]
            formulas += sum(found.end() > len(before) for found in _FORMULA_WITHOUT_VALUE.finditer(text))
            before = text[-200:]
    return tuple(merged), formulas
