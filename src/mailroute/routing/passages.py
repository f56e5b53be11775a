"""Where a text begins to speak of another matter, and the sentences that say something by themselves.

Whoever writes about two things writes one after the other: in paragraphs, in a list, or with a word such as `übrigens`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from mailroute.routing.vocabulary import LONG_SENTENCE, Heard, Hearing

# In letters as they were written, or folded. Both ways begin with a blank, so that the search runs fast over all letters.
NEXT_MATTER = re.compile(
    r"(?:\s(?<=[.!?]\s)\s*|\n)(?=(?:ausserdem|außerdem|zudem|des weiteren|desweiteren|weiterhin|weiters|zweitens|"
    r"noch etwas|noch eine (?:frage|sache|bitte)|und noch|übrigens|uebrigens|eine weitere (?:frage|sache)|"
    r"also,|another (?:thing|question|matter)|one more thing|furthermore|in addition|besides|secondly|"
    r"by the way)\b|(?:[0-9]{1,2}[.)]|[-*•])\s)",
    re.IGNORECASE,
)
# As long as a sentence is; each part begins in the middle of the one before, so that nothing is cut in two in both.
_PART_WORDS = 16
_PART_STEP = 8
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


class Told(NamedTuple):
    """What was heard in one text of the mail, what that text is, and how much it counts.

    `is_old`: it is the subject of an older mail, which this one answers.
    """

    hearing: Hearing
    factor: float
    where: str
    is_old: bool = False

    def quote(self, one: Heard) -> str:
        """The mail's own words, and where they stand."""
        return self.quoted(one.first_word, one.last_word)

    def quoted(self, first_word: int, last_word: int) -> str:
        """The same of several words that follow each other."""
        return f'"{self.hearing.original(first_word, last_word)}" ({self.where})'


def without_old_subject(told: Iterable[Told]) -> list[Told] | None:
    """What the writer says now, where an older mail's subject stands above it; None where it does not, or over no word."""
    everything = list(told)
    new = [one for one in everything if not one.is_old]
    return new if len(new) < len(everything) and any(one.hearing.words for one in new) else None


# A pattern that speaks, how much it counts there, where it was heard, and in which text. A bare tuple: there are hundreds.
Speaking = tuple[str, float, Heard, Told]


def worth_reading(
    told: Iterable[Told], evidence: Sequence[Speaking], adds: Mapping[str, float], least: float
) -> Iterator[tuple[Told, list[Speaking]]]:
    """What speaks in each passage whose words add at least so much by themselves, not counting what speaks against it."""
    for text in told:
        here = [one for one in evidence if one[3] is text]
        adding = [0.0] * (text.hearing.words + 1)
        for pattern, _, heard, _ in here:
            add = adds.get(pattern, 0.0)
            if add > 0:
                adding[heard.first_word + 1] += add
        most = list(accumulate(adding))
        # Most texts do not say enough as a whole.
        loud = [*passages(text.hearing)] if most[-1] >= least else ()
        loud = [(first, behind) for first, behind in loud if most[behind] - most[first] >= least]
        if loud:
            here.sort(key=_first_word)
        for first, behind in loud:
            begin = bisect_left(here, first, key=_first_word)
            yield text, here[begin : bisect_left(here, behind, key=_first_word)]


def _first_word(one: Speaking) -> int:
    return one[2].first_word


def passages(hearing: Hearing) -> Iterator[tuple[int, int]]:
    """Two sentences that follow each other in one section of the text, one where it stands alone, and each part of a sentence
    that has no end: their first word, and the first behind them, by their numbers.
    """
    sentences, begins = hearing.sentences(), hearing.sentence_begins()
    text = hearing.text.text
    cuts = sorted(found.end() for cut in (NEXT_MATTER, _PARAGRAPH) for found in cut.finditer(text))
    sections = [bisect_right(cuts, begin) for begin in begins]
    last = len(sections) - 1
    for number, section in enumerate(sections):
        first, behind = sentences[number]
        if number < last and sections[number + 1] == section:
            yield first, sentences[number + 1][1]
        elif number == 0 or sections[number - 1] != section:
            yield first, behind
        if behind - first > LONG_SENTENCE:
            yield from (
                (at, min(at + _PART_WORDS, behind)) for at in range(first, behind - _PART_STEP, _PART_STEP)
            )
