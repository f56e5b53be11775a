"""Whoever looks only where digits or one of their words stand finds what a search through the whole text finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailroute.model import ibans, units
from mailroute.model.scan import digit_runs, letters_in, sentences_in, words_of
from mailroute.model.text import fold
from mailroute.routing import mentions, places

_PIECES = st.sampled_from(
    "Hauptstr. 12|Max-Planck-Straße 12a|Q7, 24|Q 7 24|Nr. 12 in der Lindenallee|12/14|3. OG links|2.OG|WE 07|we03|Whg. Nr. 3|"
    "Wohnungnr. 4|Top 7|TG-Stellplatz 12|RE: 3. OG|erdgeschoss|ersten Stock|first floor|etage 4|HH|V-4711/0815|Kd.-Nr.: 12345|"
    "Objekt 1012|M-AB 1234|B XY 12H|+49 201 445566|0201/445566|(0201) 44 55 66|DE89 3704 0044 0532 0130 00|AT61 1904 3002 3457 3201|80333 München|"
    "A-1010 Wien|T-10428|12.11.2026|17 Uhr|128,50 EUR|12½|€ 5|ß|☎0|a|1/2|+0|00|re|li|platz|str|weg3|.|,|-|\n|  ".split(
        "|"
    )
)
texts = st.lists(_PIECES, max_size=25).flatmap(
    lambda pieces: st.sampled_from(["", " ", ", ", "-"]).map(lambda mark: fold(mark.join(pieces)))
)


def _ibans_searched(text: str) -> Iterator[tuple[int, int]]:
    looks_like_one = re.compile(f"{ibans._TOGETHER.pattern}|{ibans._APART.pattern}")
    behind = 0
    while found := looks_like_one.search(text, behind):
        first, behind = ibans._cut(text, found)
        yield first, behind


@given(texts)
def test_what_begins_at_digits_is_found_there(text: str) -> None:
    assert [one.span() for one in mentions._phone_like(text)] == [
        one.span() for one in mentions._PHONE.finditer(text)
    ]
    assert list(ibans._iban_like(text)) == list(_ibans_searched(text))
    assert [key for key, _, _ in mentions.postcodes_in(text)] == [
        one[1] for one in mentions._POSTCODE.finditer(text) if one[2] not in mentions._SMALL_WORDS
    ]
    assert [key for key, _, _ in mentions.labelled_numbers_in(text)] == [
        text[start:end]
        for start, end in digit_runs(text)
        if mentions._FEWEST_DIGITS <= end - start <= mentions._MOST_DIGITS
        and not mentions._GOES_ON.match(text, end)
        and mentions._LABEL.search(text, max(0, start - mentions._LABEL_CHARS), start)
    ]
    assert list(places._squares(text)) == [
        (one.end(), one.start(2), (f"{one[1]}{one[2]}", one.start())) for one in places._SQUARE.finditer(text)
    ]


@given(texts)
def test_what_begins_with_one_of_a_few_words_is_found_there(text: str) -> None:
    assert [one.span() for one in units._parts_in(text)] == [one.span() for one in units._PART.finditer(text)]
    if places._HOUSE_WORDS.isdisjoint(letters_in(text)):
        assert not places._NUMBER_FIRST.search(text)


@given(texts)
def test_sentences_are_cut_between_words(text: str) -> None:
    cut = sentences_in(text)
    each = [words_of(text[begin:end]) for begin, end in pairwise([*cut.begins, len(text)])]
    assert [word for words in each for word in words] == cut.words == words_of(text)
    assert cut.firsts == [sum(map(len, each[:at])) for at in range(len(each))]
    assert all(each)


@given(texts)
def test_words_and_digits_are_those_of_the_text(text: str) -> None:
    assert all(text[start:end].isdecimal() for start, end in digit_runs(text))
    assert "".join(text[start:end] for start, end in digit_runs(text)) == "".join(
        c for c in text if c in "0123456789"
    )
    assert "".join(words_of(text)) == "".join(c for c in text if c in "abcdefghijklmnopqrstuvwxyz0123456789")
    assert all(word in text and word.isalpha() for word in letters_in(text))
