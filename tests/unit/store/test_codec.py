"""Values as JSON, and what the columns do to text and time."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, create_engine

from mailroute.model import condition, ruleset, ticket
from mailroute.model.decision import Routing, Step
from mailroute.model.ticket import Change, Noted, Opened, Party, PartyKind, Place, Status
from mailroute.store.codec import dumps, loads, loads_any
from mailroute.store.columns import UtcTime, clean, index_key, index_keys, message_key
from tests.support.stores import a_decision, opened

_DIALECTS: tuple[Dialect, ...] = tuple(
    create_engine(url).dialect for url in ("sqlite://", "postgresql+psycopg://")
)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))

# Instants are aware everywhere in the model.
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


@given(
    st.one_of([st.from_type(kind) for kind in get_args(Change)]).filter(
        lambda change: _storable(repr(change))
    )
)
def test_every_change_comes_back_equal(change: Change) -> None:
    assert loads_any(dumps(change, Change), Change) == change


def _storable(text: str) -> bool:
    return "\\x00" not in text and "\\ud" not in text


def test_every_kind_of_change_has_a_name_of_its_own() -> None:
    kinds = [
        getattr(one, "kind", None) or one.__dataclass_fields__["kind"].default for one in get_args(Change)
    ]
    assert len(set(kinds)) == len(kinds)


def test_the_trace_and_the_routing_of_a_decision_come_back_equal() -> None:
    decision = a_decision(7, 0, opened(7))
    assert decision.routing is not None
    assert loads(dumps(decision.routing, Routing), Routing) == decision.routing
    assert loads_any(dumps(decision.trace, tuple[Step, ...]), tuple[Step, ...]) == decision.trace


def test_dates_spans_and_nested_conditions_come_back_equal() -> None:
    rules = condition.AllOf((condition.Words(("a",)), condition.Not(condition.Always())))
    kind = tuple[date, timedelta, datetime, float, bool, ruleset.ReplyMode]
    value = (
        date(2026, 2, 3),
        timedelta(hours=1.5),
        datetime(2026, 2, 3, 4, 5, 6, 7, tzinfo=UTC),
        1.5,
        True,
        ruleset.ReplyMode.BODY,
    )
    assert loads_any(dumps(value, kind), kind) == value
    assert "Words" not in dumps(rules, condition.AllOf)


def test_fields_that_this_version_does_not_know_are_ignored_and_missing_ones_get_their_default() -> None:
    text = '{"kind": "noted", "text": "x", "intake": null, "colour": "red"}'
    assert loads_any(text, Change) == Noted("x", None, "")


def test_a_kind_that_nobody_wrote_a_rule_for_is_refused_when_asked_for() -> None:
    with pytest.raises(TypeError):
        dumps({"a": 1}, dict)
    with pytest.raises(TypeError):
        loads_any("{}", dict)


def test_the_status_of_an_opened_ticket_comes_back_as_a_status() -> None:
    back = loads_any(dumps(opened(1), Change), Change)
    assert isinstance(back, Opened)
    assert back.status is Status.OFFERED
    assert back.place == Place("mps12", "mps12-we03", None)
    assert Party(PartyKind.RULE, None, "", "") == ticket.RULE


@given(st.text())
def test_whatever_is_cleaned_can_be_stored_and_is_cleaned_once(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@given(_TEXTS)
def test_clean_changes_nothing_that_can_be_stored(text: str) -> None:
    assert clean(text) == text


@given(st.text(max_size=3000))
def test_a_key_fits_into_an_index(text: str) -> None:
    assert len(index_key(text * 7).encode()) <= 1700


def test_two_endless_texts_have_two_keys() -> None:
    assert index_key("a" * 500 + "b") != index_key("a" * 500 + "c")
    assert index_key("a" * 400) == "a" * 400


@pytest.mark.parametrize(
    "texts", [(), ("a", "b", "a"), ("a", "x" * 999, "a\0", "a"), ("ä", "\ud800", "ä"), ("", "a")]
)
def test_keys_made_at_a_glance_are_those_made_one_by_one(texts: tuple[str, ...]) -> None:
    assert index_keys(texts) == list(dict.fromkeys(map(index_key, texts)))


@pytest.mark.parametrize("written", ["<a@b>", "a@b", " <a@b> "])
def test_a_message_id_is_the_same_with_and_without_brackets(written: str) -> None:
    assert message_key(written) == "a@b"


@given(st.datetimes(timezones=st.just(UTC)) | st.datetimes(timezones=st.just(timezone(timedelta(hours=-7)))))
def test_an_instant_is_kept_to_the_microsecond_and_comes_back_as_utc(moment: datetime) -> None:
    kind = UtcTime()
    lite = _DIALECTS[0]
    back = kind.process_result_value(kind.process_bind_param(moment, lite), lite)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


def test_a_time_without_a_zone_is_a_bug() -> None:
    for dialect in _DIALECTS:
        with pytest.raises(ValueError, match="zone"):
            UtcTime().process_bind_param(datetime(2026, 2, 3), dialect)  # noqa: DTZ001
