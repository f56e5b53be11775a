"""Where a text begins to speak of another matter, and the sentences that say something by themselves.

Whoever writes about two things writes one after the other: in paragraphs, in a list, or with a word such as `übrigens`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from mailroute.routing.vocabulary import Hearing

# In letters as they were written, or folded.
NEXT_MATTER = re.compile(
    r"(?:(?<=[.!?])\s+|\n)(?=(?:ausserdem|außerdem|zudem|des weiteren|desweiteren|weiterhin|weiters|zweitens|"
    r"noch etwas|noch eine (?:frage|sache|bitte)|und noch|übrigens|uebrigens|eine weitere (?:frage|sache)|"
    r"also,|another (?:thing|question|matter)|one more thing|furthermore|in addition|besides|secondly|"
    r"by the way)\b|(?:[0-9]{1,2}[.)]|[-*•])\s)",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


def passages(hearing: Hearing) -> Iterator[range]:
    """Two sentences that follow each other in one section of the text, by their numbers; one where it stands alone."""
    begins = hearing.sentence_begins()
    text = hearing.text.text
    cuts = sorted(found.end() for cut in (NEXT_MATTER, _PARAGRAPH) for found in cut.finditer(text))
    sections = [bisect_right(cuts, begin) for begin in begins]
    last = len(sections) - 1
    for number, section in enumerate(sections):
        if number < last and sections[number + 1] == section:
            yield range(number, number + 2)
        elif number == 0 or sections[number - 1] != section:
            yield range(number, number + 1)
