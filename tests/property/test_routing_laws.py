"""What holds for every mail, whatever it says: the head is total, deterministic, and quotes exactly."""

from hypothesis import given
from hypothesis import strategies as st

from mailroute.model import limits
from mailroute.model.address import Address
from mailroute.model.command import Assign, Close, Note, Reject
from mailroute.model.keys import Keys, Part, Span
from mailroute.model.lookup import house_numbers, place_key, street_key, unit_key
from mailroute.model.message import Automatic, Forwarded, Message
from mailroute.model.ruleset import Ruleset
from mailroute.model.text import fold, folded
from mailroute.routing.assign import assign, find_staff, suggest_staff
from mailroute.routing.classify import classify, compile_classifier
from mailroute.routing.commands import parse_commands
from mailroute.routing.contact_form import form_in
from mailroute.routing.identify import identify
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.routing.screen import Verdict, screen
from mailroute.routing.streets import build
from tests.support.factories import (
    INBOX,
    TODAY,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_ruleset,
    an_envelope,
    facts_about,
)

# Random letters never say anything; these pieces put together do.
PIECES = st.sampled_from(
    "Max-Planck-Straße|Max Planck Str.|Planckstr.|12|12a|12 – 14|112|, |\n|\n\n| |-|.|:|Rechnung|Gebäudeschaden|WE 03|"
    "T-10428|V-4711/0815|annehmen|weiter an|notiz:|Ru\u0308ckstand|ß|Planck-Hof|80333|80333 München|3. OG links|HH|Top 7|/|12/3|Gr. |a.d.|M-AB 123|DE89 3704 0044 0532 0130 00|+49 89 123456|½|\u00ad|[t3.k7q3x9wmbz4p]|Q7|und".split(
        "|"
    )
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join))
FORM_PIECES = (
    "Name",
    "E-Mail",
    ":",
    "\t",
    "\n",
    " Max Müller ",
    " a@b.example ",
    "*",
    "Nachricht",
    "(",
    "|",
    "\x00",
)
RULES = a_ruleset()
CLASSIFIER = compile_classifier(RULES)
DIRECTORY = a_directory(
    [a_property(aliases=("Planck-Hof",)), a_property("planck-12", "Planckstr.", "12-14")],
    [a_person(), a_person("eva", "Eva Müller", "eva@mieter.example", "planck-12/")],
)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    inner = Forwarded(Address("", "eva@mieter.example"), (), draw(TEXTS), None, draw(TEXTS))
    return a_message(
        draw(TEXTS),
        draw(TEXTS),
        draw(st.sampled_from([None, "mueller@mieter.example", "eva@mieter.example", "x", ""])),
        forwarded=draw(st.sampled_from([None, inner])),
        automatic=draw(st.sampled_from(Automatic)),
        language=draw(st.sampled_from(["de", "en", None])),
        in_reply_to=(draw(TEXTS),),
        headers=(("delivered-to", draw(TEXTS)),),
    )


def everything(message: Message, rules: Ruleset) -> tuple[object, ...]:
    envelope = an_envelope()
    keys = locate(message, envelope)
    facts = facts_about(keys, DIRECTORY)
    sender, steps = identify(message, facts, rules, envelope)
    matched = match(keys, facts.found, sender, TODAY)
    case = classify(CLASSIFIER, message, sender, envelope, reply=False)
    assignment = assign(rules.case_type(case.case_type), matched, facts, rules, TODAY)
    return screen(message, facts, rules, envelope), keys, sender, steps, matched, case, assignment


@given(messages())
def test_every_mail_gets_an_assignee_and_the_same_one_each_time(message: Message) -> None:
    first, second = everything(message, RULES), everything(message, RULES)

    assert first == second
    assignment = first[-1]
    assert RULES.staff_by_id(assignment.assignee) is not None  # type: ignore[attr-defined]
    assert assignment.assignee not in assignment.informed  # type: ignore[attr-defined]


@given(messages())
def test_spans_quote_exactly(message: Message) -> None:
    keys = locate(message, an_envelope())

    for span in all_spans(keys):
        text = text_of(message, span)
        assert span.words == text[span.start : span.end] != ""


def all_spans(keys: Keys) -> list[Span]:
    words = (*keys.numbers, *keys.aliases, *keys.units, *keys.postcodes)
    return [place.span for place in keys.places] + [word.span for word in words]


def text_of(message: Message, span: Span) -> str:
    if span.part is Part.FORWARDED:
        assert message.forwarded is not None
        return message.forwarded.text
    return message.subject if span.part is Part.SUBJECT else message.new_text


@given(messages())
def test_what_is_asked_is_bounded_and_asked_once(message: Message) -> None:
    keys = locate(message, an_envelope())

    for words, most in (
        (keys.places, limits.STREET_KEYS),
        (keys.numbers, limits.NUMBER_KEYS),
        (keys.aliases, limits.WORD_KEYS),
    ):
        assert len(words) == len({word.key for word in words}) <= most  # type: ignore[attr-defined]


@given(messages())
def test_a_property_is_named_only_if_it_is_not_ambiguous(message: Message) -> None:
    keys = locate(message, an_envelope())
    facts = facts_about(keys, DIRECTORY)
    sender, _ = identify(message, facts, RULES, an_envelope())
    matched = match(keys, facts.found, sender, TODAY)

    assert not (matched.ambiguous and matched.property)
    assert list(matched.candidates[:1]) == sorted(matched.candidates[:1], key=lambda one: -one.score)


@given(
    st.lists(st.sampled_from(FORM_PIECES), max_size=12).map("".join) | TEXTS,
    st.sampled_from(["noreply@x.example", INBOX]),
)
def test_any_text_may_look_like_a_form(text: str, author: str) -> None:
    message = a_message(text, author=author)
    form = form_in(message)

    assert form == form_in(message)
    assert form is None or (form.address in text.lower() and "@" in form.address)
    assert locate(message, an_envelope()).addresses


@given(messages())
def test_only_what_passes_may_be_answered(message: Message) -> None:
    screened = screen(message, facts_about(Keys(), DIRECTORY), RULES, an_envelope())

    assert not screened.answerable or screened.verdict is Verdict.PASS
    assert screened.steps


@given(TEXTS)
def test_commands_are_read_from_any_text(text: str) -> None:
    commands = parse_commands(text, ())

    assert commands == parse_commands(text, ())
    assert commands
    for one in commands:
        if isinstance(one, Assign | Note | Close | Reject):
            assert one.said.strip() in text


@given(TEXTS)
def test_anybody_may_be_asked_for(name: str) -> None:
    assert set(find_staff(name, RULES)) | set(suggest_staff(name, RULES)) <= set(RULES.staff)


@given(st.lists(TEXTS.map(street_key), max_size=8), TEXTS)
def test_any_name_may_be_looked_for_among_any_streets(names: list[str], written: str) -> None:
    streets, key = build(names), street_key(written)
    near = streets.near(key)

    assert near == build(reversed(names)).near(key)
    assert {one.street for one in near} <= set(names)
    assert key not in names or [one.street for one in near] == [key]


@given(TEXTS)
def test_folding_is_idempotent_and_knows_its_way_back(text: str) -> None:
    result = folded(text)

    assert result.text == fold(text) == fold(fold(text))
    for at in range(len(result.text)):
        start, end = result.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(TEXTS, TEXTS)
def test_keys_are_made_of_any_text(street: str, number: str) -> None:
    assert street_key(fold(street)) == street_key(street)
    assert place_key(fold(street), fold(number)) == place_key(street, number)
    assert unit_key(fold(street)) == unit_key(street)
    assert isinstance(house_numbers(number), tuple)
