"""What a decision may know of the past: tokens tried, threads followed, the directory asked by key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.errors import Conflict
from mailroute.flow.names import NamesByHeart
from mailroute.model.facts import Draft, Facts, Proof
from mailroute.model.keys import BounceTag, Keys, Part, PartText, PlaceKey, ReplyTag, Span, WordKey
from mailroute.model.letter import Written
from mailroute.model.lookup import number_key, place_key
from mailroute.model.text import folded
from mailroute.model.ticket import Answered, Closed, Drafted, MessageAdded, Noted, Party, PartyKind
from mailroute.model.tokens import Key, Keyring, instance_names, reply_token, sign
from mailroute.store.apply import apply
from mailroute.store.directory import replace_directory
from mailroute.store.engine import Store
from mailroute.store.facts import gather, gather_for_ticket
from tests.support.factories import NOW, a_contract, a_directory, a_property, an_envelope, found
from tests.support.stores import (
    KEYRING,
    MUELLER,
    SCHMIDT,
    a_decision,
    a_letter,
    claim,
    open_case,
    opened,
    put,
    receive,
    ticket_of,
    write,
)

HERE = Span(PartText(folded("x"), Part.TEXT), 0, 1)
OTHER_KEYRING = Keyring((Key("k", b"x" * 32),))


def facts(store: Store, keys: Keys, author: str | None = MUELLER.address, **more: object) -> Facts:
    """Gather for a mail of Herr Müller; `more` are fields of the envelope."""
    original = more.pop("original_message_id", None)
    envelope = an_envelope(**{"intake_id": 10**6, **more})  # type: ignore[arg-type]
    with store.read() as conn:
        return gather(
            conn,
            keys,
            envelope,
            author=author,
            keyring=KEYRING,
            content_key="c-new",
            fresh_number=77,
            now=NOW,
            names=NamesByHeart().of(conn, envelope.organisation),
            original_message_id=original,  # type: ignore[arg-type]
        )


def reply_tag(
    number: int | None, recipient: str, keyring: Keyring = KEYRING, organisation: str = "abc"
) -> ReplyTag:
    return ReplyTag(number, reply_token(keyring, organisation, number, recipient), "reply-address")


def test_a_mail_that_mentions_nothing_has_no_past(store: Store) -> None:
    assert facts(store, Keys()) == Facts(fresh_number=77, instances=instance_names(KEYRING, "abc"))


def test_a_genuine_token_opens_its_ticket_and_says_whom_it_was_made_for(store: Store) -> None:
    number = open_case(store).number
    told = facts(store, Keys(reply_tags=(reply_tag(number, SCHMIDT.address),)), SCHMIDT.address)
    assert told.ticket == ticket_of(store, number)
    assert told.proof is not None
    assert (told.proof.recipient, told.proof.via) == (SCHMIDT, "reply-address")
    assert told.participants == (MUELLER, SCHMIDT)


def test_the_token_of_a_letter_without_a_ticket_proves_its_reader_and_opens_no_ticket(store: Store) -> None:
    """Decided twice it is the same letter; a colleague may answer from any address, a customer from theirs."""
    letters = (a_letter("abc-x-1", None), a_letter("abc-x-2", None, to=MUELLER))
    write(
        store,
        lambda tx: apply(tx, a_decision(None, None), letters, cause="x", intake=None, timer=None, now=NOW),
    )
    for reader, author in (
        (SCHMIDT, SCHMIDT.address),
        (SCHMIDT, "jens@home.example"),
        (MUELLER, MUELLER.address),
    ):
        told = facts(store, Keys(reply_tags=(reply_tag(None, reader.address),)), author)
        assert told.ticket is None
        assert told.proof == Proof("reply-address", reader)
    for tag, author in (
        (reply_tag(None, MUELLER.address), "stranger@evil.example"),
        (reply_tag(None, "never@told.example"), "never@told.example"),
        (reply_tag(1, SCHMIDT.address), SCHMIDT.address),
    ):
        assert facts(store, Keys(reply_tags=(tag,)), author).proof is None
    with pytest.raises(Conflict):
        write(
            store,
            lambda tx: apply(
                tx, a_decision(None, None), letters, cause="x", intake=None, timer=None, now=NOW
            ),
        )


def test_a_token_proves_nothing_elsewhere(store: Store) -> None:
    """Of another ticket, another organisation, another key, or for somebody who never got a letter."""
    first, second = open_case(store, "1").number, open_case(store, "2").number
    stranger = "stranger@evil.example"
    good = reply_tag(first, SCHMIDT.address)
    for tag in (
        replace(good, number=second),
        reply_tag(first, SCHMIDT.address, OTHER_KEYRING),
        reply_tag(first, SCHMIDT.address, organisation="xyz"),
        reply_tag(first, stranger),
        replace(good, token=""),
        replace(good, number=4711),
        replace(good, number=99_999_999_999),
    ):
        told = facts(store, Keys(reply_tags=(tag,)), stranger)
        assert (told.ticket, told.proof) == (None, None)
    assert facts(store, Keys(reply_tags=(good,)), organisation="xyz").proof is None


def test_of_several_tokens_the_authors_own_counts(store: Store) -> None:
    """A forwarded letter still carries the token of the one it went to."""
    number = open_case(store).number
    tags = (reply_tag(number, MUELLER.address), reply_tag(number, SCHMIDT.address))
    for author in (SCHMIDT, MUELLER):
        told = facts(store, Keys(reply_tags=tags), author.address)
        assert told.proof is not None
        assert told.proof.recipient == author
    stranger = facts(store, Keys(reply_tags=tags), "else@where.example")
    assert stranger.proof is not None
    assert stranger.proof.recipient == MUELLER


def test_references_to_the_customers_own_mail_lead_to_the_thread_without_proof(store: Store) -> None:
    case = open_case(store)
    mine = f"m{case.claimed.envelope.intake_id}@mieter.example"
    for written in (f"<{mine}>", mine):
        told = facts(store, Keys(message_ids=("<unknown@x>", written)))
        assert (told.ticket, told.proof) == (None, None)
        assert told.thread == ticket_of(store, case.number)
        assert told.participants == (MUELLER, SCHMIDT)
    assert facts(store, Keys(message_ids=(f"<{mine}>",)), organisation="xyz").thread is None


def test_references_to_a_letter_of_ours_lead_to_the_thread(store: Store) -> None:
    case = open_case(store)
    letter = f"<abc-m{case.claimed.envelope.intake_id}-0@abc-hausverwaltung.example>"
    thread = facts(store, Keys(message_ids=(letter,))).thread
    assert thread is not None
    assert thread.number == case.number


def test_a_message_id_of_two_tickets_leads_to_the_newer_one(store: Store) -> None:
    for number in (1, 2):
        put(store, a_decision(number, 0, opened(number), MessageAdded(1, MUELLER, "<same@x>", 0)))
    thread = facts(store, Keys(message_ids=("<same@x>",))).thread
    assert thread is not None
    assert thread.number == 2


def test_mentioned_tickets_of_this_organisation_are_given_in_order(store: Store) -> None:
    first, second = open_case(store, "1").number, open_case(store, "2").number
    told = facts(store, Keys(ticket_numbers=(second, 99, first)))
    assert [one.number for one in told.mentioned] == [second, first]
    assert facts(store, Keys(ticket_numbers=(first,)), organisation="xyz").mentioned == ()


def test_the_same_content_before_is_a_duplicate_of_the_first(store: Store) -> None:
    receive(store, "1", content_key="c-new")
    receive(store, "2", content_key="c-new", mail_from="o@x.example")
    first, second = claim(store)
    with store.read() as conn:
        for one, duplicate_of in ((first, None), (second, first.envelope.intake_id)):
            told = gather(
                conn,
                Keys(),
                one.envelope,
                author=None,
                keyring=KEYRING,
                content_key="c-new",
                fresh_number=1,
                now=NOW,
                names=NamesByHeart().of(conn, "abc"),
            )
            assert told.duplicate_of == duplicate_of
    assert facts(store, Keys(), organisation="xyz").duplicate_of is None


def test_a_signed_bounce_address_proves_which_letter_came_back_and_its_ticket(store: Store) -> None:
    case = open_case(store)
    letter = f"abc-m{case.claimed.envelope.intake_id}-1"
    tag = BounceTag(letter, sign(KEYRING, "bounce", letter))
    told = facts(store, Keys(bounce_tags=(tag,)), None, mail_from="")
    assert told.bounced is not None
    assert (told.bounced.id, told.bounced.to, told.bounced.proven) == (letter, MUELLER, True)
    assert told.ticket == ticket_of(store, case.number)
    assert told.proof is None


def test_a_forged_bounce_address_proves_nothing(store: Store) -> None:
    case = open_case(store)
    letter = f"abc-m{case.claimed.envelope.intake_id}-1"
    for tag in (
        BounceTag(letter, sign(OTHER_KEYRING, "bounce", letter)),
        BounceTag("x", sign(KEYRING, "bounce", "x")),
    ):
        told = facts(store, Keys(bounce_tags=(tag,)), None, mail_from="")
        assert (told.bounced, told.ticket) == (None, None)


def test_a_report_that_only_names_a_letter_is_not_proven(store: Store) -> None:
    case = open_case(store)
    letter = f"abc-m{case.claimed.envelope.intake_id}-1"
    message_id = f"<{letter}@abc-hausverwaltung.example>"
    named = facts(store, Keys(), None, mail_from="mailer@x.example", original_message_id=message_id)
    threaded = facts(store, Keys(message_ids=(message_id,)), None, mail_from="")
    for told in (named, threaded):
        assert told.bounced is not None
        assert (told.bounced.id, told.bounced.proven) == (letter, False)
        assert told.ticket is None


def test_a_persons_reply_is_no_bounce_of_the_letter_it_answers(store: Store) -> None:
    case = open_case(store)
    message_id = f"<abc-m{case.claimed.envelope.intake_id}-1@abc-hausverwaltung.example>"
    assert facts(store, Keys(message_ids=(message_id,))).bounced is None


def test_acknowledgements_of_today_are_counted_for_the_author(store: Store) -> None:
    number = open_case(store).number
    letter = a_letter("abc-c1", number, acknowledges="Mueller@Mieter.example")
    put(store, a_decision(number, 2, Noted("", None)), letter)
    assert facts(store, Keys()).acknowledgements_today == 1
    assert facts(store, Keys(), "other@mieter.example").acknowledgements_today == 0
    assert facts(store, Keys(), None).acknowledgements_today == 0
    assert facts(store, Keys(), organisation="xyz").acknowledgements_today == 0


def test_of_a_plus_address_it_is_the_mailbox_on_file_that_is_counted_and_granted(store: Store) -> None:
    number = open_case(store).number
    letter = a_letter("abc-c1", number, acknowledges=MUELLER.address)
    put(store, a_decision(number, 2, Noted("", None)), letter)
    plus = MUELLER.address.replace("@", "+haus@")
    keys = Keys(addresses=(plus, MUELLER.address))

    assert facts(store, keys, plus).acknowledgements_today == 0  # nobody has that mailbox
    write(store, lambda tx: replace_directory(tx, "abc", a_directory(), NOW))
    assert facts(store, keys, plus).acknowledgements_today == 1


def test_notes_and_the_draft_that_waits_are_given_for_a_ticket(store: Store) -> None:
    number = open_case(store).number
    put(
        store,
        a_decision(number, 2, Noted("der Mieter lügt", None), Drafted("Lieber", 5, "typo"), actor=SCHMIDT),
    )
    with store.read() as conn:
        told = gather_for_ticket(conn, "abc", number)
    assert told.internal_texts == ("der Mieter lügt",)
    assert told.draft == Draft("Lieber", 5, SCHMIDT.address)
    for version, change in ((4, Answered("mueller", 5)), (5, Closed(""))):
        put(store, a_decision(number, version, change))
        with store.read() as conn:
            assert gather_for_ticket(conn, "abc", number).draft is None


def test_a_command_about_no_ticket_has_no_facts(store: Store) -> None:
    with store.read() as conn:
        assert gather_for_ticket(conn, "abc", 4711) == Facts()


def test_the_place_of_a_ticket_is_given_with_it(store: Store) -> None:
    house = a_property("mps12")
    write(store, lambda tx: replace_directory(tx, "abc", a_directory((house,), ()), NOW))
    number = open_case(store).number
    with store.read() as conn:
        told = gather_for_ticket(conn, "abc", number)
    assert told.place == (house, house.units[1], None)


def test_the_directory_is_asked_for_everything_the_mail_mentions(store: Store) -> None:
    directory = a_directory(
        (
            a_property(),
            a_property("goethe-5", "Goethestr.", "5-7", name="Goethehof", aliases=("Alte Post",)),
            a_property("ring-1", "Ringstraße", "1"),
        ),
        contracts=(a_contract(property="ring-1"),),
    )
    write(store, lambda tx: replace_directory(tx, "abc", directory, NOW))
    keys = Keys(
        addresses=(MUELLER.address,),
        places=(PlaceKey(place_key("Goethestraße", "7"), *HERE), PlaceKey(place_key("Ringstr", ""), *HERE)),
        numbers=(WordKey(number_key("V 4711 0815"), *HERE), WordKey("nothing", *HERE)),
        aliases=(WordKey("altepost", *HERE),),
    )
    told = facts(store, keys).found
    expected = found(keys, directory)
    assert {one.id for one in told.properties} == {"max-planck-12", "goethe-5", "ring-1"}
    assert set(expected.hits) <= set(told.hits)
    assert (told.people, told.contracts) == (expected.people, expected.contracts)
    assert set(expected.units) <= {*told.units, *(unit for house in told.properties for unit in house.units)}
    assert facts(store, keys, organisation="xyz").found.hits == ()


def test_of_a_street_only_the_house_that_is_named_is_read_unless_the_street_itself_is(store: Store) -> None:
    houses = tuple(a_property(f"ring-{n}", "Ringstraße", str(n)) for n in (1, 2))
    write(store, lambda tx: replace_directory(tx, "abc", a_directory(houses), NOW))
    exact, street = (PlaceKey(place_key("Ringstraße", number), *HERE) for number in ("2", ""))
    told = facts(store, Keys(places=(exact,)), author=None).found
    assert [one.id for one in told.properties] == ["ring-2"]
    told = facts(store, Keys(places=(exact, street)), author=None).found
    assert [one.id for one in told.properties] == ["ring-1", "ring-2"]
    third = a_property("ring-3", "Ringstraße", "3")
    write(store, lambda tx: replace_directory(tx, "abc", a_directory((*houses, third)), NOW))
    told = facts(store, Keys(places=(exact, street)), author=None).found
    assert [one.id for one in told.properties] == ["ring-2"]  # a street of three houses names none


def test_a_stranger_with_the_same_address_in_two_capacities_has_one_party(store: Store) -> None:
    number = open_case(store).number
    again = Party(PartyKind.PARTNER, "dach", "Dach GmbH", "DACH@firma.example")
    put(store, a_decision(number, 2, Noted("", None)), a_letter("abc-c1", number, to=again))
    told = facts(store, Keys(reply_tags=(reply_tag(number, "dach@firma.example"),)), "Dach@Firma.example")
    assert told.proof is not None
    assert told.proof.recipient == replace(again, address="dach@firma.example")


def test_the_facts_of_one_mail_come_from_one_moment(store: Store) -> None:
    """What is written between two questions of one decision is not seen by the second."""
    number = open_case(store).number
    with store.read() as conn:
        before = gather_for_ticket(conn, "abc", number)
        put(store, a_decision(number, 2, Noted("x", None)), now=NOW + timedelta(seconds=1))
        assert gather_for_ticket(conn, "abc", number) == before


def test_the_mails_of_a_ticket_are_given_in_order_of_very_many_the_first_and_the_last(store: Store) -> None:
    case = open_case(store)
    mail = case.claimed.envelope.intake_id
    again = [MessageAdded(mail, SCHMIDT, None, 2) for _ in range(3)]
    put(store, a_decision(case.number, 2, *again, Noted("x", None)), now=NOW + timedelta(hours=1))
    told = facts(store, Keys(reply_tags=(reply_tag(case.number, MUELLER.address),))).messages
    assert told[0] == Written(mail, MUELLER, NOW, 1, 0)
    assert told[1:] == tuple(Written(mail, SCHMIDT, NOW + timedelta(hours=1), nth, 2) for nth in (2, 3, 4))
    put(store, a_decision(case.number, 6, *again * 10))
    with store.read() as conn:
        many = gather_for_ticket(conn, "abc", case.number).messages
    assert [one.nth for one in many] == [1, *range(16, 35)]
