"""Is a name of a street that we do not know a slip of the pen for one of ours, or another street? Pure.

Measured on 25,000 real names: what lies one letter from a street of ours is a slip, or a street that we do not have. Which
letter is wrong tells them apart, and whether what was written reads like German: `Lindnweg` is no name, `Linsenweg` is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial

from rapidfuzz.distance import OSA, Editop, Levenshtein

from mailroute.routing.common_streets import COMMON_STEMS
from mailroute.routing.first_names import written_out

# What most streets end with, and may be mistyped itself.
KINDS = ("strasse", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "chaussee", "steig", "graben")

_KIND = re.compile(rf"(.+?)({'|'.join(KINDS)})")
# The rows of a German keyboard, and its columns.
_KEYBOARD = "qwertzuiopü asdfghjklöä yxcvbnm qay wsx edc rfv tgb zhn ujm ik ol".split()
# What an umlaut is folded to, and which letter lies beside its key.
_UMLAUTS = {"ue": "p", "oe": "l", "ae": ""}
_VOWELS = frozenset("aeiou")
_VOWEL_SOUNDS = _VOWELS | frozenset("yäöü")
_SOUNDS = (
    ("x", "ks"), ("chs", "ks"), ("ck", "k"), ("c", "k"), ("ph", "f"), ("v", "f"), ("th", "t"), ("dt", "t"), ("tz", "z"),
    ("ai", "ei"), ("ay", "ei"), ("ey", "ei"), ("y", "i"), ("ae", "e"),
    *((2 * letter, letter) for letter in "bdfgklmnprst"),
)  # fmt: skip
_FAR_LETTER_FROM, _TWO_MISTAKES_FROM = 7, 12
# In names so short a letter more, less or beside the right one easily makes another name.
_SHORT, _VERY_SHORT = 7, 5


def stem_and_kind(key: str) -> tuple[str, str]:
    """`lindenweg` → linden, weg; the kind is "" where we know none."""
    found = _KIND.fullmatch(key)
    return (found[1], found[2]) if found else (key, "")


def is_slip(written: str, known: str, distance: int) -> bool:
    """Whether fingers or ears make such mistakes in a stem: rather a neighbouring letter than any, or one that sounds
    the same.

    A vowel for another one is another street more often than a slip, and so are a letter that lies far from the right
    one in names of up to six letters, and two mistakes in less than twelve.
    """
    if distance == 0 or _sound(written) == _sound(known):
        return True
    wrong = _replaced(written, known)
    if distance == 1:
        return len(wrong) != 1 or are_neighbours(*wrong[0]) or _may_be_far(wrong[0], known)
    if len(known) < _TWO_MISTAKES_FROM:
        return False
    swapped = len(wrong) == 2 and wrong[0] == wrong[1][::-1]
    return swapped or all(are_neighbours(*pair) for pair in wrong)


def is_doubtful(written: str, known: str) -> bool:
    """Whether a slip for the street `known` may as well be the name of another street: then somebody should be asked.

    Swapped and doubled letters never are, nor is what sounds the same.
    """
    if known in written_out(written):
        return False
    (mine, my_kind), (theirs, their_kind) = stem_and_kind(written), stem_and_kind(known)
    if my_kind != their_kind or _sound(mine) == _sound(theirs):
        return False
    reads_well = partial(_reads_well, mine, theirs)
    mine, theirs = _as_typed(mine, theirs)
    wrong = list(Levenshtein.editops(mine, theirs))
    if OSA.distance(mine, theirs) > 1:
        return _is_ending(wrong) or reads_well()
    return len(wrong) == 1 and _is_doubtful_letter(wrong[0], mine, theirs, reads_well)


def _as_typed(written: str, known: str) -> tuple[str, str]:
    """With umlauts as the one key that they are, unless their letters stand together by chance: Mehl is no nearer to
    Mühl than Mahl is."""
    mine, theirs = (
        name.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü") for name in (written, known)
    )
    further = OSA.distance(mine, theirs) > OSA.distance(written, known)
    return (written, known) if further else (mine, theirs)


def _is_ending(wrong: list[Editop]) -> bool:
    """Whether two letters more, or less, stand side by side: Handwerk and Handwerker."""
    if len(wrong) != 2 or wrong[0].tag != wrong[1].tag or wrong[0].tag == "replace":
        return False
    return wrong[1].src_pos - wrong[0].src_pos + wrong[1].dest_pos - wrong[0].dest_pos == 1


def _is_doubtful_letter(wrong: Editop, written: str, known: str, reads_well: Callable[[], bool]) -> bool:
    """One letter replaced, left out or added."""
    short = len(known) <= _SHORT
    if wrong.tag == "replace":
        pair = written[wrong.src_pos], known[wrong.dest_pos]
        if not are_neighbours(*pair):
            return True
        return short and _VOWEL_SOUNDS.isdisjoint(pair) and reads_well()
    longer, at = (known, wrong.dest_pos) if wrong.tag == "insert" else (written, wrong.src_pos)
    if longer[at] in (longer[at - 1 : at], longer[at + 1 : at + 2]):
        return False  # doubled
    vowel, last = longer[at] in _VOWEL_SOUNDS, at == len(longer) - 1
    if wrong.tag == "insert":
        if vowel or not at:
            return vowel and last
        return len(known) <= _VERY_SHORT or (short and not last and reads_well())
    return (vowel or (short and not last)) and reads_well()


def _reads_well(written: str, known: str) -> bool:
    """Whether every three letters that are new in `written` stand in words of the language too."""
    old = frozenset(_triples(known))
    return all(three in old or three in _usual() for three in _triples(written))


@cache
def _usual() -> frozenset[str]:
    return frozenset(three for word in COMMON_STEMS for three in _triples(word))


def _triples(word: str) -> Iterator[str]:
    framed = f"^{word}$"
    return (framed[at : at + 3] for at in range(len(framed) - 2))


def _may_be_far(wrong: tuple[str, str], known: str) -> bool:
    return len(known) >= _FAR_LETTER_FROM and not _VOWELS.issuperset(wrong)


def _sound(name: str) -> str:
    """How a name sounds, roughly: Maks and Max, Schmitt and Schmidt, Mayer and Maier."""
    for letters, sound in _SOUNDS:
        name = name.replace(letters, sound)
    return name


def _replaced(written: str, known: str) -> list[tuple[str, str]]:
    operations = Levenshtein.editops(written, known)
    return [(written[one.src_pos], known[one.dest_pos]) for one in operations if one.tag == "replace"]


def are_neighbours(one: str, other: str) -> bool:
    """Whether two letters lie side by side on a German keyboard."""
    return any(one + other in row or other + one in row for row in _KEYBOARD)


def swapped(stem: str) -> Iterator[str]:
    """With two neighbours swapped."""
    for at in range(len(stem) - 1):
        yield stem[:at] + stem[at + 1] + stem[at] + stem[at + 2 :]


def with_umlaut_mended(stem: str) -> Iterator[str]:
    """What may have been meant where an umlaut is involved in the one mistake: it is one key, and two letters here.

    Left out, doubled, swapped with its neighbour, or taken for the letter beside it.
    """
    for umlaut, beside in _UMLAUTS.items():
        for at in range(len(stem) + 1):
            before, behind = stem[:at], stem[at:]
            yield f"{before}{umlaut}{behind}"
            if beside and behind[:1] == beside:
                yield f"{before}{umlaut}{behind[1:]}"
            if behind[:2] != umlaut:
                continue
            rest = behind[2:]
            if beside:
                yield f"{before}{beside}{rest}"
            if rest[:2] == umlaut:
                yield f"{before}{rest}"
            if rest:
                yield f"{before}{rest[0]}{umlaut}{rest[1:]}"
            if before:
                yield f"{before[:-1]}{umlaut}{before[-1]}{rest}"
