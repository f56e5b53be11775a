"""Numbers that are written out, from one to ninety-nine, German and English, in folded letters: `zwoelf`, `twenty-one`."""

from __future__ import annotations

_GERMAN = (
    "eins zwei drei vier fuenf sechs sieben acht neun zehn elf zwoelf dreizehn vierzehn fuenfzehn sechzehn siebzehn achtzehn "
    "neunzehn"
).split()
_GERMAN_TENS = "zwanzig dreissig vierzig fuenfzig sechzig siebzig achtzig neunzig".split()
_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _written_out() -> dict[str, int]:
    numbers = {word: number for words in (_GERMAN, _ENGLISH) for number, word in enumerate(words, 1)}
    for tens, (german, english) in enumerate(zip(_GERMAN_TENS, _ENGLISH_TENS, strict=True), 2):
        numbers |= {german: 10 * tens, english: 10 * tens}
        for ones in range(1, 10):
            one = "ein" if ones == 1 else _GERMAN[ones - 1]
            number = 10 * tens + ones
            numbers |= {f"{one}und{german}": number}
            numbers |= {f"{english}{between}{_ENGLISH[ones - 1]}": number for between in "- "}
    return numbers


WRITTEN_OUT = _written_out()
