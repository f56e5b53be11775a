"""Which numbers of a text stand in running text, behind a word that is no part of them: `gegen 17 Uhr`, `am 5.`

Nearly all numbers do, and everybody who looks for one that means something would have to see it for themselves.
"""

from __future__ import annotations

from functools import lru_cache

from mailroute.model.lookup import NUMBER_WORDS, UNIT_WORDS
from mailroute.model.scan import digit_runs

# Words that no name of a property begins or ends with; they keep the number of keys small.
SMALL_WORDS = frozenset(
    "aber alle als am an auch auf aus bei beim bin bis bitte da dann das dass dem den der des die diese dieser dieses "
    "doch ein eine einem einen einer es fuer geehrte geehrter guten haben habe hallo hat herr ich ihnen ihr ihre im in "
    "ist ja kann kein keine liebe mein meine meinem meinen meiner mich mir mit nach nicht noch nun nur oder ob sehr sich "
    "sie sind so tag um und uns unser unsere unserem unserer von vom vor war was wegen wenn werden wie wir wird wo zu zum "
    "zur a and are at been dear for from has have hello i is it my not of on or our please that the there this to was we "
    "with you your re aw wg fw fwd betreff".split()
)
BEFORE_NUMBERS = UNIT_WORDS | NUMBER_WORDS
# An order is A 2026 0017.
NO_PREFIXES = (SMALL_WORDS | NUMBER_WORDS) - {"a"}
# No prefix of a number is so long.
LONG_WORD_CHARS = 5


@lru_cache(maxsize=4)
def numbers_said(text: str) -> list[tuple[int, int, bool]]:
    """Every run of digits of a folded text as (start, end), and whether it stands in running text; nobody may change it."""
    return [(start, end, start > 1 and _is_running(text, start)) for start, end in digit_runs(text)]


def _is_running(text: str, start: int) -> bool:
    """Whether one blank and a word stand before the number, and the word is long, or small with another one before it."""
    if text[start - 1] != " ":
        return False
    before = text.rfind(" ", 0, start - 1)
    word = text[before + 1 : start - 1]
    if not word.isalpha() or word in BEFORE_NUMBERS:
        return False
    return len(word) >= LONG_WORD_CHARS or (word in NO_PREFIXES and before > 0 and text[before - 1].isalnum())
