"""Which words and pairs of words of the labelled mails may matter: what stands in at least two of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mailroute.model.text import fold
from mailroute.routing.vocabulary import INFLECTED_CHARS
from mailroute.routing.words import COMPOUND_CHARS
from tests.quality.labelled import Labelled

LEAST_MAILS = 2
LEAST_MAILS_OF_PAIRS = 3
_WORD = re.compile(r"[a-zäöüß0-9]+")
_SENTENCE_END = re.compile(r"[.!?;\n]+")
# Words that only hold a sentence together. `kein`, `nicht`, `darf` and the like are not among them: they matter.
_FILLERS = frozenset(
    "der die das den dem des ein eine einen einem einer eines und oder aber ich wir sie er es du ihr mir mich uns "
    "ihnen ihn ihm ist sind war waren bin hat haben habe hatte wird werden wurde worden zu zum zur im in ins am an "
    "auf aus bei mit von vom vor für fuer über ueber unter nach um als wie so da dass daß wenn weil noch nur auch "
    "schon mal nun dann doch ja sehr mehr hier bitte guten tag hallo sehr geehrte geehrter damen herren herr frau "
    "freundlichen grüßen gruß gruss grüße grüssen lg mfg viele liebe the a an of to in is are was and or for with we "
    "i you my our your it this that on at be have has had from as so if but dear sir madam regards best kind thank "
    "thanks hello hi please would could can will just there me they he she which who what when do does did been am us "
    "them their re aw wg fwd".split()
)
_ENDINGS = ("ern", "ten", "test", "en", "er", "em", "es", "te", "e", "n", "s", "t")


def candidates(mails: Iterable[Labelled]) -> list[str]:
    """Stems and pairs of stems in the notation of evidence, in a fixed order."""
    counts: Counter[str] = Counter()
    for mail in mails:
        counts.update(set(_of(f"{mail.subject}. {mail.text}".lower())))
    spellings: dict[str, str] = {}
    folded: Counter[str] = Counter()
    for word, many in sorted(counts.items()):
        key = fold(word)
        folded[key] += many
        # With its umlauts it is heard in all three spellings.
        if word != key or key not in spellings:
            spellings[key] = word
    return sorted(
        spellings[key]
        for key, many in folded.items()
        if many >= (LEAST_MAILS_OF_PAIRS if " " in key else LEAST_MAILS)
    )


def _of(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        before = ""
        for word in _WORD.findall(sentence):
            if word.isdigit() or len(word) < 2:
                before = ""
                continue
            if word not in _FILLERS and len(word) > 2:
                yield stem(word)
            if before and not (word in _FILLERS and before in _FILLERS):
                yield _pair(before, word)
            before = word


def _pair(before: str, word: str) -> str:
    if min(len(before), len(word)) < INFLECTED_CHARS:
        return f"{before} {word}"
    return f"{stem(before)} {stem(word)}"


def is_filler(word: str) -> bool:
    """Whether the word only holds a sentence together."""
    return word in _FILLERS


def stem(word: str) -> str:
    """The word without an ending, as long as enough is left to be heard in compounds."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= COMPOUND_CHARS:
            return word.removesuffix(ending)
    return word
