"""Find a letter among those that came, and a number in the list that it brings."""

import re

from tests.support.house import Letter


def to(letters: list[Letter], address: str, subject: str = "") -> Letter:
    """The one letter to somebody."""
    [one] = [one for one in letters if one.to == address and subject in one.subject]
    return one


def number_of(what: str, letter: Letter) -> str:
    """Its number in the list of the letter."""
    [number] = re.findall(rf"(\d)\. (?:Anliegen: |Matter: )?{what}\b", letter.text)
    return str(number)
