"""Who writes, and where that leads: sender ↔ person ↔ units and contracts, with their days (issue 4 part 3, REQ-E7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailroute.model.access import Access
from mailroute.model.address import Address
from mailroute.model.decision import Matched, Sender
from mailroute.model.directory import Directory, Occupancy, Relation, Validity
from mailroute.model.message import Forwarded, Message
from mailroute.model.ruleset import Partner, Ruleset, Source
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.identify import identify, people_at
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from tests.support.factories import (
    TODAY,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_ruleset,
    an_envelope,
    facts_about,
    found,
)
from tests.support.grants import KLARA, a_grant

HOUSES = (
    a_property("linden-12", "Lindenallee", "12", "WE 01", "WE 02"),
    a_property("rosen-7", "Rosenweg", "7", "WE 01"),
)
EVA = "eva@mieter.example"
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def home(house: str, unit: str | None = None, **days: date) -> Occupancy:
    return Occupancy(Relation.TENANT, house, f"{house}-{unit}" if unit else None, Validity(**days))


def decided(message: Message, directory: Directory, ruleset: Ruleset | None = None) -> tuple[Sender, Matched]:
    """Identified and matched, as the stations of a decision do it."""
    keys = locate(message, an_envelope(message.from_[0].address))
    facts = facts_about(keys, directory)
    sender, _ = identify(message, facts, ruleset or a_ruleset(), an_envelope(message.from_[0].address))
    return sender, match(keys, found(keys, directory), sender, TODAY)


def from_eva(text: str, *homes: Occupancy, **more: object) -> Matched:
    directory = a_directory(HOUSES, [a_person("eva", "Eva Kurz", EVA, occupancies=homes)])
    return decided(a_message(text, "", EVA, **more), directory)[1]


def test_one_unit_is_strong_and_of_several_the_text_chooses() -> None:
    one, other = home("linden-12", "we01"), home("rosen-7", "we01")

    assert (from_eva("Es tropft.", one).property, from_eva("Es tropft.", one).unit) == (
        "linden-12",
        "linden-12-we01",
    )
    assert from_eva("Es tropft.", one, other).ambiguous
    assert from_eva("Im Rosenweg 7 tropft es.", one, other).property == "rosen-7"


def test_several_units_in_one_house_need_the_text_to_tell_which() -> None:
    homes = home("linden-12", "we01"), home("linden-12", "we02")

    assert (from_eva("Es tropft.", *homes).property, from_eva("Es tropft.", *homes).unit) == (
        "linden-12",
        None,
    )
    assert from_eva("Es tropft in WE 2.", *homes).unit == "linden-12-we02"


def test_who_has_moved_out_or_not_yet_in_lives_nowhere_and_their_new_home_counts() -> None:
    former, future = home("linden-12", until=YESTERDAY), home("rosen-7", since=TOMORROW)

    assert from_eva("Wann bekomme ich die Kaution?", former).property is None
    assert from_eva("Wann bekomme ich die Schlüssel?", future).property is None
    assert from_eva("Es tropft.", former, home("rosen-7", since=TODAY)).property == "rosen-7"
    assert from_eva("Kaution für die Lindenallee 12", former).property == "linden-12"


def test_a_property_that_left_is_not_ours_any_more_nor_one_that_has_yet_to_come() -> None:
    for days in (Validity(until=YESTERDAY), Validity(since=TOMORROW)):
        gone = a_property("linden-12", "Lindenallee", "12", validity=days)
        directory = a_directory([gone], [a_person("eva", "Eva Kurz", EVA, occupancies=(home("linden-12"),))])

        assert decided(a_message("In der Lindenallee 12 tropft es.", "", EVA), directory)[1].property is None
    last = a_property("linden-12", "Lindenallee", "12", validity=Validity(until=TODAY))
    assert (
        decided(a_message("Lindenallee 12", "", "x@y.example"), a_directory([last], []))[1].property
        == "linden-12"
    )


def test_several_people_behind_one_address_are_told_apart_by_the_name_that_is_shown() -> None:
    family = [
        a_person("eva", "Eva Kurz", EVA, occupancies=(home("linden-12"),)),
        a_person("jan", "Jan Kurz", EVA, occupancies=(home("rosen-7"),)),
    ]
    directory = a_directory(HOUSES, family)

    sender, result = decided(a_message("Es tropft.", "", Address("Jan Kurz", EVA)), directory)
    assert (sender.party.id, result.property) == ("jan", "rosen-7")
    sender, result = decided(a_message("Es tropft.", "", Address("Familie Kurz", EVA)), directory)
    assert (sender.party.id, result.ambiguous) == (None, True)


FAMILY = (
    a_person("eva", "Frau Eva Kurz", EVA, occupancies=(home("linden-12"),)),
    a_person("jan", "Herr Jan Kurz", EVA, occupancies=(home("rosen-7"),)),
    a_person("ayse", "Ayşe Kurz-Yılmaz", EVA, occupancies=(home("rosen-7"),)),
)


@pytest.mark.parametrize(
    ("shown", "who"),
    [
        ("Eva Kurz", "eva"),
        ("Kurz, Eva", "eva"),
        ("Eva", "eva"),
        ("Dr. Eva M. Kurz", "eva"),
        ("JAN KURZ", "jan"),
        ("Ayse Kurz-Yilmaz", "ayse"),
        ("Familie Kurz", None),
        ("Kurz", None),
        ("Max Müller", None),
        ("", None),
    ],
)
def test_a_name_is_known_in_any_order_with_titles_or_without(shown: str, who: str | None) -> None:
    message = a_message("Es tropft.", "", Address(shown, EVA))

    assert decided(message, a_directory(HOUSES, FAMILY))[0].party.id == who


@pytest.mark.parametrize(
    ("signature", "house"),
    [("Mit freundlichen Grüßen\nJan Kurz", "rosen-7"), ("LG Eva", "linden-12"), ("Gruß\nFamilie Kurz", None)],
)
def test_the_name_below_the_text_tells_them_apart_where_the_senders_line_does_not(
    signature: str, house: str | None
) -> None:
    message = a_message("Es tropft.", "", Address("Familie Kurz", EVA), signature=signature)

    assert decided(message, a_directory(HOUSES, FAMILY))[1].property == house


def test_of_several_homes_the_flat_that_is_named_chooses_where_only_one_house_has_it() -> None:
    homes = home("linden-12", "we02"), home("rosen-7", "we01")

    assert (
        from_eva("Es tropft in WE 2.", *homes).property,
        from_eva("Es tropft in WE 1.", *homes).unit,
    ) == ("linden-12", "rosen-7-we01")
    assert from_eva("Es tropft in WE 9.", *homes).ambiguous
    assert from_eva("Es tropft in WE 1.", home("linden-12", "we01"), home("rosen-7", "we01")).ambiguous


def test_whoever_writes_from_a_partners_domain_is_known_as_the_firm_and_may_not_act_for_it() -> None:
    """Issue 4 part 3: contractors by domain."""
    firm = Partner(
        "dach",
        "Dach GmbH",
        "auftrag@dach.example",
        1,
        None,
        "buero",
        Source("partners.yaml", 1),
        (),
        ("dach.example",),
    )
    ruleset = a_ruleset(partners=(firm,))

    def party(address: str) -> Party:
        return decided(a_message("fertig", "", address), a_directory(HOUSES, ()), ruleset)[0].party

    assert party("auftrag@dach.example") == Party(
        PartyKind.PARTNER, "dach", "Dach GmbH", "auftrag@dach.example"
    )
    for address in ("monteur@dach.example", "x@sued.dach.example"):
        assert party(address) == Party(PartyKind.PARTNER, None, "Dach GmbH", address)
    assert party("x@mein-dach.example").kind is PartyKind.UNKNOWN


@pytest.mark.parametrize("domain", ["gmx.de", "t-online.de", "gmail.com", "bluewin.ch"])
def test_a_firm_is_known_by_its_domain_but_never_by_one_where_anybody_has_a_mailbox(domain: str) -> None:
    firm = [
        a_person("firma", "Sanitär Blau", f"@{domain}", "rosen-7"),
        a_person("bau", "Bau Rot", "@bau-rot.example", "rosen-7"),
    ]
    directory = a_directory(HOUSES, firm)

    assert decided(a_message("Angebot", "", f"x@{domain}"), directory)[0].party.kind is PartyKind.UNKNOWN
    assert people_at(f"x@{domain}", tuple(firm)) == ()
    sender, result = decided(a_message("Angebot", "", "buero@bau-rot.example"), directory)
    # Known as the firm's, but not as the firm: they may see and do nothing that its own address may.
    assert sender.party == Party(PartyKind.TENANT, None, "Bau Rot", "buero@bau-rot.example")
    assert result.property == "rosen-7"
    assert (
        decided(a_message("Angebot Lindenallee 12", "", "buero@bau-rot.example"), directory)[1].property
        == "linden-12"
    )


def test_nobody_of_a_firm_becomes_somebody_by_the_name_below_the_text() -> None:
    """Two people stand for one domain: any mailbox there could claim to be either."""
    firm = [
        a_person("blau", "Bau Blau", "@bau.example", "rosen-7"),
        a_person("rot", "Eva Rot", "@bau.example", "linden-12"),
    ]
    message = a_message("Es tropft.", "", Address("Lager", "lager@bau.example"), signature="Eva Rot")

    party = decided(message, a_directory(HOUSES, firm))[0].party
    assert (party.id, party.kind) == (None, PartyKind.TENANT)


def test_whom_a_grant_names_is_a_member_of_it_even_at_a_firm_that_is_known_by_its_domain() -> None:
    """Else they would lose what the grant lets them see and do."""
    firm = Partner(
        "m", "Muster GmbH", "m@muster.example", 1, None, "buero", Source("p", 1), (), ("muster.example",)
    )
    message = a_message("fertig", "", KLARA)
    tenant = a_person("haus", "Muster GmbH", "@muster.example", "rosen-7")
    for ruleset, people in ((a_ruleset(partners=(firm,)), ()), (a_ruleset(), (tenant,))):
        facts = facts_about(
            locate(message, an_envelope(KLARA)), a_directory(HOUSES, people), access=Access((a_grant(),))
        )
        sender, [step, *_] = identify(message, facts, ruleset, an_envelope(KLARA))
        assert sender.party == Party(PartyKind.CUSTOMER, None, "Klara Muster", KLARA)
        assert step.because.startswith(f"{KLARA} is a member of a grant")


def test_text_beats_home_and_the_trace_names_the_words_that_spoke() -> None:
    result = from_eva("In der Lindenallee 12 brennt das Licht nicht.", home("rosen-7", "we01"))

    assert result.property == "linden-12"
    told = {step.verdict: step.because for step in result.steps}
    assert told["linden-12"] == '"Lindenallee 12" in the text'
    assert (
        told["text before home"] == "Eva Kurz is tenant of WE 01 at rosen-7, but the mail speaks of linden-12"
    )


def test_the_author_of_a_forwarded_mail_is_looked_up_beside_who_forwards_it() -> None:
    inner = Forwarded(Address("Eva Kurz", EVA), (), "Wasser", None, "In der Lindenallee 12 tropft es.")
    message = a_message("bitte kümmern", "WG: Wasser", "nachbar@x.example", forwarded=inner)

    assert EVA in locate(message, an_envelope()).addresses
    assert (
        decided(message, a_directory(HOUSES, []))[1].candidates[0].because
        == '"Lindenallee 12" in the forwarded mail'
    )


def test_a_forwarded_mail_without_an_address_is_about_the_home_of_its_author() -> None:
    """Issue 4 part 3: the original sender of a forwarded mail, whoever forwards it."""
    inner = Forwarded(Address("Eva Kurz", EVA), (), "Wasser", None, "Bei mir tropft es.")
    eva = a_person("eva", "Eva Kurz", EVA, occupancies=(home("linden-12", "we02"),))
    jan = a_person("jan", "Jan Lang", "jan@x.example", occupancies=(home("rosen-7", "we01"),))
    near = a_person("ida", "Ida Nah", "ida@x.example", occupancies=(home("linden-12", "we01"),))
    directory = a_directory(HOUSES, [eva, jan, near])

    def forwarded_by(address: str, text: str = "bitte kümmern") -> Matched:
        return decided(a_message(text, "WG: Wasser", address, forwarded=inner), directory)[1]

    stranger = forwarded_by("nachbar@y.example")
    assert (stranger.property, stranger.unit) == ("linden-12", "linden-12-we02")
    assert stranger.steps[0].because == "Eva Kurz wrote the mail within"
    # Their own home speaks too: whose it is about is a question.
    assert forwarded_by("jan@x.example").ambiguous
    assert forwarded_by("jan@x.example", "Rosenweg 7").property == "rosen-7"
    # Of one house it is, but nobody says which of the two flats.
    assert (forwarded_by("ida@x.example").property, forwarded_by("ida@x.example").unit) == ("linden-12", None)
