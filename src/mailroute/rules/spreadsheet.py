"""What a spreadsheet makes of a cell that it takes for something else (MR219): (what happened, what to do)."""

from __future__ import annotations

import re

from mailroute.rules.report import quoted

_LOST_DIGITS = re.compile(r"\d[.,]\d+[eE]\+\d+")
_FAILED_FORMULA = re.compile(
    r"#(NV|N/A|BEZUG!|REF!|WERT!|VALUE!|NAME\?|DIV/0!|NULL!|ZAHL!|NUM!|#+)", re.IGNORECASE
)
_MONTH = r"(jan|feb|m[aä]r|mrz|apr|ma[iy]|jun|jul|aug|sep|okt|oct|nov|de[cz])"
# 5-7 becomes "05. Jul", "5.7.", "Jul-05" or a whole date, as the country of the machine has it.
_NUMBER_AS_DATE = re.compile(
    rf"\d{{1,2}}\.? ?{_MONTH}[a-zä]*\.?( ?\d{{2,4}})?|{_MONTH}[.-] ?\d+|\d{{1,2}}-{_MONTH}"
    r"|\d{1,2}\.\d{1,2}\.(\d{2}|\d{4})?|(19|20)\d\d-\d\d-\d\d",
    re.IGNORECASE,
)


def slip_of_a_spreadsheet(text: str) -> tuple[str, str] | None:
    """A number without its digits, or a formula that failed; None for what may be meant."""
    if "+" in text and _LOST_DIGITS.fullmatch(text):
        remedy = "Format the column as text in the spreadsheet and export it again."
        return f"{quoted(text)} is a number that lost its digits in a spreadsheet", remedy
    if text.startswith("#") and _FAILED_FORMULA.fullmatch(text):
        remedy = "Mend the formula in the spreadsheet and export it again."
        return f"{quoted(text)} is what a spreadsheet writes where a formula fails", remedy
    return None


def number_as_date(text: str) -> tuple[str, str] | None:
    """A date in place of a house number such as 5-7; None for what may be a house number."""
    if not _NUMBER_AS_DATE.fullmatch(text):
        return None
    remedy = "Format the column as text in the spreadsheet and write the number again, like 5-7."
    return f"{quoted(text)} is a date that a spreadsheet has made of a house number", remedy
