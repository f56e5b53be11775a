"""Whoever writes as nina+flat@web.example is Nina: as sure as without the plus, and nobody gains by it who is not."""

import pytest

from mailroute.model.access import Access
from mailroute.model.address import Address
from mailroute.model.decision import Assurance, Sender, Step
from mailroute.model.directory import Directory
from mailroute.model.facts import Proof
from mailroute.model.grant import Member
from mailroute.model.message import Authentication
from mailroute.model.plus import mailbox_on_file
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.identify import identify
from mailroute.routing.locate import locate
from tests.support.factories import a_directory, a_message, a_person, a_ruleset, an_envelope, facts_about
from tests.support.grants import a_grant

NINA = "nina@web.example"
PLUS = "nina+flat@web.example"
DIRECTORY = a_directory(people=[a_person("nina", "Nina Neu", NINA)])
CONFIRMED = Authentication("mx.abc.example", True, ("dmarc=pass",))
DOUBTED = Authentication("mx.abc.example", False, ("dmarc=fail",))


def identified(
    author: str, directory: Directory = DIRECTORY, auth: Authentication = CONFIRMED, **facts: object
) -> tuple[Sender, tuple[Step, ...]]:
    message = a_message(author=Address("Nina Neu", author), auth=auth)
    known = facts_about(locate(message, an_envelope()), directory, **facts)
    return identify(message, known, a_ruleset(), an_envelope())


def test_a_plus_address_is_its_mailboxs_and_the_trace_says_so() -> None:
    sender, steps = identified(PLUS)

    assert sender == Sender(Party(PartyKind.TENANT, "nina", "Nina Neu", NINA), Assurance.AUTHENTICATED)
    assert steps[0].because.startswith(
        f"{PLUS} is {NINA} with a word behind a plus; {NINA} belongs to Nina Neu"
    )


def test_what_is_sent_to_them_goes_to_the_address_on_file() -> None:
    """Where a stranger got a mailbox with a plus in its name, writing as Nina tells them nothing."""
    assert identified(PLUS)[0].party.address == NINA


@pytest.mark.parametrize("author", [NINA, PLUS])
def test_a_plus_proves_as_much_as_the_bare_address_would(author: str) -> None:
    assert identified(author, auth=DOUBTED)[0].assurance is Assurance.ADDRESS
    assert identified(author, auth=CONFIRMED)[0].assurance is Assurance.AUTHENTICATED


def test_the_token_of_a_letter_to_the_mailbox_counts_from_the_plus_address_where_the_domain_is_confirmed() -> (
    None
):
    theirs = Proof("reply-address", Party(PartyKind.TENANT, "nina", "Nina Neu", NINA))

    assert identified(PLUS, proof=theirs)[0].assurance is Assurance.TOKEN
    assert identified(PLUS, auth=DOUBTED, proof=theirs)[0].assurance is Assurance.ADDRESS


@pytest.mark.parametrize(
    "author",
    [
        "nina+flat@evil.example",
        "nina+flat@web.example.evil.example",
        "nina+flat@mail.web.example",
        "xnina+flat@web.example",
        "+nina@web.example",
        "flat+nina@web.example",
        "nina-flat@web.example",
        "nina.flat@web.example",
    ],
)
def test_no_other_address_is_theirs(author: str) -> None:
    assert identified(author)[0].party == Party(PartyKind.UNKNOWN, None, "Nina Neu", author)


def test_an_address_that_somebody_has_with_its_plus_is_theirs_alone() -> None:
    both = a_directory(people=[a_person("nina", "Nina Neu", NINA), a_person("jan", "Jan Neu", PLUS)])

    assert identified(PLUS, both)[0].party.id == "jan"
    assert identified("nina+other@web.example", both)[0].party.id == "nina"


def test_an_address_on_file_with_a_plus_makes_nobody_of_the_bare_one() -> None:
    """team+nina@ and team+jan@ are two people, and team@ is neither."""
    team = a_directory(people=[a_person("nina", "Nina Neu", "team+nina@web.example")])

    assert identified("team@web.example", team)[0].party.kind is PartyKind.UNKNOWN
    assert identified("team+jan@web.example", team)[0].party.kind is PartyKind.UNKNOWN


def test_staff_partners_and_members_of_grants_are_known_by_the_letter_of_their_address() -> None:
    """They act on tickets or see other people's."""
    for author in (
        "schmidt+privat@abc-hausverwaltung.example",
        "auftrag+neu@rohrfrei.example",
        "klara+x@muster.example",
    ):
        assert identified(author)[0].party.kind is PartyKind.UNKNOWN


@pytest.mark.parametrize("mailbox", ["schmidt@abc-hausverwaltung.example", "auftrag@rohrfrei.example"])
def test_staff_and_partners_who_rent_a_flat_are_known_by_the_letter_of_their_address_too(
    mailbox: str,
) -> None:
    at_home = a_directory(people=[a_person("schmidt", "Sabine Schmidt", mailbox)])
    plus = mailbox.replace("@", "+privat@")

    assert identified(mailbox, at_home)[0].party.kind in (PartyKind.STAFF, PartyKind.PARTNER)
    assert identified(plus, at_home)[0].party.kind is PartyKind.UNKNOWN
    assert identified(plus, at_home)[0].party.address == plus


def test_whom_a_grant_names_with_their_plus_keeps_what_it_grants() -> None:
    member = Access((a_grant(members=(Member(PLUS, "Nina bei Muster"),)),))

    party = identified(PLUS, access=member)[0].party
    assert (party.id, party.address) == (None, PLUS)


def test_an_invitation_is_answered_from_the_very_address_that_it_went_to() -> None:
    assert identified(PLUS, confirms=True)[0].party.address == PLUS


def test_a_firm_known_by_its_domain_is_left_out_where_the_mailbox_is_somebodys() -> None:
    firm = a_person("firm", "Web GmbH", "@web.example")
    both = a_directory(people=[firm, a_person("nina", "Nina Neu", NINA)])

    assert identified(PLUS, both)[0].party.id == "nina"
    assert identified("jan+x@web.example", both)[0].party.id is None


def test_a_mailbox_without_a_name_is_nobodys() -> None:
    assert mailbox_on_file("+x@web.example", [a_person("firm", "Web", "@web.example")]) is None
    assert mailbox_on_file("", DIRECTORY.people) is None
