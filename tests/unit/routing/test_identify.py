"""Who wrote, and how sure we are (design §6, reliability §4)."""

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Assurance, Sender
from mailroute.model.directory import Directory, Occupancy, Relation
from mailroute.model.facts import Proof
from mailroute.model.mail import Door, Envelope
from mailroute.model.message import Authentication, Message
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.identify import identify
from mailroute.routing.locate import locate
from tests.support.factories import (
    MUELLER,
    a_directory,
    a_message,
    a_party,
    a_person,
    a_ruleset,
    an_envelope,
    facts_about,
)

SCHMIDT = "schmidt@abc-hausverwaltung.example"
CONFIRMED = Authentication("mx.abc.example", True, ("dmarc=pass",))
DOUBTED = Authentication("mx.abc.example", False, ("dmarc=fail",))


def identified(
    message: Message,
    directory: Directory | None = None,
    envelope: Envelope | None = None,
    proof: Proof | None = None,
) -> Sender:
    facts = facts_about(locate(message, an_envelope()), directory, proof=proof)
    return identify(message, facts, a_ruleset(), envelope or an_envelope())[0]


def party_of(message: Message, directory: Directory | None = None) -> Party:
    return identified(message, directory).party


def test_a_tenant_is_known_by_their_address() -> None:
    sender = identified(a_message())

    assert sender.party == Party(PartyKind.TENANT, "mueller", "Max Müller", "mueller@mieter.example")
    assert sender.assurance is Assurance.ADDRESS


def test_a_from_that_can_be_read_twice_is_nobody() -> None:
    sender = identified(a_message(author=None, from_=(Address("Max Müller", "mueller@mieter.example"),)))

    assert (sender.party.kind, sender.party.id, sender.assurance) == (PartyKind.UNKNOWN, None, Assurance.NONE)


def test_reply_to_is_never_identity() -> None:
    message = a_message(author="x@y.example", reply_to=(Address("", "mueller@mieter.example"),))

    assert party_of(message).kind is PartyKind.UNKNOWN


def test_staff_and_partners_are_known_by_the_rules() -> None:
    assert party_of(a_message(author=SCHMIDT)).id == "schmidt"
    assert party_of(a_message(author="auftrag@rohrfrei.example")) == Party(
        PartyKind.PARTNER, "rohrfrei", "Rohrfrei GmbH", "auftrag@rohrfrei.example"
    )


def test_owners_and_customers_are_told_apart() -> None:
    owner = a_person(occupancies=(Occupancy(Relation.OWNER, "max-planck-12", None),))
    customer = a_person(occupancies=(), contracts=("v1",))

    assert party_of(a_message(), a_directory(people=[owner])).kind is PartyKind.OWNER
    assert party_of(a_message(), a_directory(people=[customer])).kind is PartyKind.CUSTOMER


def test_of_two_people_with_one_address_the_display_name_chooses() -> None:
    couple = a_directory(people=[a_person("m1", "Max Müller"), a_person("m2", "Eva Müller")])

    assert party_of(a_message(author=Address("Eva Mueller", "mueller@mieter.example")), couple).id == "m2"
    assert party_of(a_message(author=Address("Familie M.", "mueller@mieter.example")), couple).id is None


def test_a_confirmed_domain_is_authenticated() -> None:
    assert identified(a_message(auth=CONFIRMED)).assurance is Assurance.AUTHENTICATED


def test_a_staff_login_is_authenticated_only_for_their_own_from() -> None:
    envelope = an_envelope(login=SCHMIDT)

    assert identified(a_message(author=SCHMIDT), envelope=envelope).assurance is Assurance.AUTHENTICATED
    huber = a_message(author="huber@abc-hausverwaltung.example")
    assert identified(huber, envelope=envelope).assurance is Assurance.ADDRESS


def test_a_token_counts_in_the_hands_of_its_recipient() -> None:
    theirs = Proof("reply-address", a_party())
    assert identified(a_message(), proof=theirs).assurance is Assurance.TOKEN

    stranger = identified(a_message(author="x@y.example"), proof=theirs)
    assert (stranger.assurance, stranger.party.kind) == (Assurance.ADDRESS, PartyKind.UNKNOWN)


def test_a_customer_token_does_not_serve_another_member_of_staff() -> None:
    for_huber = Proof(
        "reply-address", a_party(PartyKind.STAFF, "huber", address="huber@abc-hausverwaltung.example")
    )

    assert identified(a_message(author=SCHMIDT), proof=for_huber).assurance is Assurance.ADDRESS


def test_a_border_that_does_not_confirm_takes_the_force_of_a_token() -> None:
    for_schmidt = Proof("reply-address", a_party(PartyKind.STAFF, "schmidt", address=SCHMIDT))

    assert (
        identified(a_message(author=SCHMIDT, auth=DOUBTED), proof=for_schmidt).assurance is Assurance.ADDRESS
    )
    assert (
        identified(a_message(author=SCHMIDT, auth=CONFIRMED), proof=for_schmidt).assurance is Assurance.TOKEN
    )


# --- our own pages --------------------------------------------------------------------------------------------


def test_whoever_is_signed_in_is_as_sure_as_a_confirmed_sender_though_no_border_spoke() -> None:
    signed_in = an_envelope(door=Door.WEB, login=MUELLER.address, borders=("mx.abc.example",))
    assert identified(a_message(), envelope=signed_in).assurance is Assurance.AUTHENTICATED


@pytest.mark.parametrize("door", [one for one in Door if one is not Door.WEB])
def test_no_mail_from_outside_is_ever_taken_for_one_of_our_pages(door: Door) -> None:
    """Neither a login nor a From nor a header makes the door: only our own code names it."""
    message = a_message(headers=(("x-mailroute-door", "web"), ("received", "from web by localhost")))
    outside = an_envelope(door=door, login=MUELLER.address)
    assert identified(message, envelope=outside).assurance is Assurance.ADDRESS


def test_a_page_of_one_person_does_not_speak_for_another() -> None:
    signed_in = an_envelope(door=Door.WEB, login="klara@muster.example")
    assert identified(a_message(), envelope=signed_in).assurance is Assurance.ADDRESS
