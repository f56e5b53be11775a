"""The trace in German: whatever the program explains has its German sentence, and mails cannot break it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter, ascii_lowercase

import pytest

from mailroute import routing
from mailroute.model.decision import Disposition, Station
from mailroute.web.trace import german_sentences, trace_words
from mailroute.web.words import all_words

in_german = trace_words("de")


def _explained() -> Iterator[tuple[str, str]]:
    """Each sentence that a call of `explain` or a `Step` in `routing` writes out, and where."""
    for path in sorted(Path(routing.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in ("explain", "Step"):
                named = [one.value for one in node.keywords if one.arg in ("verdict", "because")]
                for argument in (*node.args[1:3], *named):
                    for sentence in _sentences(argument):
                        yield sentence, f"{path.name}:{node.lineno}"


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _sentences(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            letters = iter(ascii_lowercase)
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else f"{{{next(letters)}}}" for one in parts
            )
        case ast.IfExp(body=one, orelse=other):
            yield from _sentences(one)
            yield from _sentences(other)
        case _:
            pass  # an id, or a sentence that was made elsewhere


def _has_words(sentence: str) -> bool:
    return any(text.strip(" ;:→()") for text, *_ in Formatter().parse(sentence))


def test_every_sentence_that_the_program_explains_with_has_a_german_one() -> None:
    sentences = german_sentences()
    there = set(sentences)
    missing = sorted(
        f"{where}: {sentence}"
        for sentence, where in _explained()
        if sentence not in there and not all(one in there or not _has_words(one) for one in sentence.split("; "))
    )  # fmt: skip
    assert missing == []


def test_both_have_the_same_places() -> None:
    def places(text: str) -> list[str | None]:
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name)

    odd = [one for one, german in german_sentences().items() if places(one) != places(german)]
    assert odd == []


def test_stations_and_dispositions_have_their_words() -> None:
    wanted = {f"station.{one}" for one in Station} | {f"disposition.{one}" for one in Disposition}
    assert wanted <= set(all_words("de"))


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("a person wrote it", "ein Mensch hat es geschrieben"),
        ("mueller@mieter.example belongs to mueller", "mueller@mieter.example gehört zu mueller"),
        ('"Dachrinne" in the text', "„Dachrinne“ im Text"),
        (
            "triage, because no property is known; role triage site-wide",
            "ungeklärt, denn es ist keine Liegenschaft bekannt; Rolle triage für alles",
        ),
        ("schaden, score 9.0; next heizung 2.0", "schaden, Wert 9.0; danach heizung 2.0"),
        ("never answered automatically: another mailroute sent it", "wird nie automatisch beantwortet: ein anderes mailroute hat sie gesendet"),
        ("remind 2026-11-24 13:02, done 2026-12-08 09:02", "erinnern 2026-11-24 13:02, fertig 2026-12-08 09:02"),
        ("Herr Müller, tenant of WE 03", "Herr Müller, tenant of WE 03"),
        ("for unit, phone, in the acknowledgement", "nach Einheit, Telefon, in der Eingangsbestätigung"),
        ("what nobody ever explained", "what nobody ever explained"),
        ("", ""),
        ("{a} {0} {", "{a} {0} {"),
        ("; ; ;", "; ; ;"),
    ],
)  # fmt: skip
def test_a_sentence_is_said_in_german_with_what_fills_it(english: str, german: str) -> None:
    assert in_german(english) == german


@pytest.mark.parametrize("text", ["x" * 100_000, " in " * 120, "; " * 240, '"' * 499, "{a}" * 160])
def test_words_of_strangers_cost_nothing(text: str) -> None:
    assert in_german(text)


def test_in_english_it_stands_as_it_was_written() -> None:
    assert trace_words("en")("a person wrote it") == "a person wrote it"
