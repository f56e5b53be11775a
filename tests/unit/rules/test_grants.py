"""Grants as they are read: profiles, names that are followed, and what is an error (each has a golden folder too)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.errors import RulesetInvalid
from mailroute.model.grant import Box, Copies, Grant, Right, View
from mailroute.routing.sharing import rights_of
from mailroute.rules import load

BARE = "muster:\n  name: Klara Muster\n  view: private\n  customers: [klara@muster.example]\n"
LETS_WRITE = "  account_manager: brandt\n  primary_contact: yes\n"


class Firm:
    """The demo firm with other grants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "rules"
        shutil.copytree(shipped.path("rules"), self.folder, ignore=shutil.ignore_patterns("packs"))

    def grants(self, text: str = BARE, **others: str) -> tuple[Grant, ...]:
        (self.folder / "grants" / "makler.yaml").write_text(text)
        for name, more in others.items():
            (self.folder / "grants" / f"{name}.yaml").write_text(more)
        return load(self.folder).directory.grants

    def codes(self, text: str, **others: str) -> set[str]:
        try:
            self.grants(text, **others)
        except RulesetInvalid as invalid:
            return {one.code for one in invalid.diagnostics}
        return {one.code for one in load(self.folder).warnings}


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def test_the_demo_grant_covers_a_person_and_her_firm(firm: Firm) -> None:
    """REQ-C2."""
    [muster] = load(firm.folder).directory.grants
    assert muster.customers == ("klara@muster.example", "buero@musterfirma.example")
    assert [(one.address, one.copies) for one in muster.members] == [
        ("buero@musterfirma.example", Copies.DAILY),
        ("klara@muster.example", Copies.AT_ONCE),
    ]
    assert (muster.view, muster.account_manager, muster.share_tickets) == (View.COMMERCIAL, "brandt", True)
    assert muster.rule == "grants/makler.yaml:14"


def test_what_a_grant_writes_itself_counts_more_than_its_profile(firm: Firm) -> None:
    [one] = firm.grants(BARE + "  profile: gewerblich\n  account_manager: brandt\n  share_tickets: no\n")
    assert (one.view, one.share_tickets, one.permissions.risk_addresses) == (View.PRIVATE, False, True)
    assert one.contracts.boxes == (Box.OWN, Box.APPLICATION, Box.POLICY, Box.FOREIGN)


def test_an_empty_list_takes_back_what_the_profile_shares(firm: Firm) -> None:
    """REQ-C7."""
    text = (
        BARE
        + "  profile: privat\n  account_manager: brandt\n  contracts: {automatic: [], listed: [HRV-500100]}\n"
    )
    [one] = firm.grants(text)
    assert (one.contracts.boxes, one.contracts.listed) == ((), ("HRV-500100",))


def test_an_account_manager_is_needed_as_soon_as_members_may_write(firm: Firm) -> None:
    """REQ-A5: without any such right it may be left out."""
    assert firm.codes(BARE) == set()
    for right in ("messages", "damage_reports", "damage_without_contract", "add_contracts"):
        assert "MR432" in firm.codes(BARE + f"  primary_contact: yes\n  {right}: yes\n")


def test_sharing_must_be_switched_on_for_the_organisation(firm: Firm) -> None:
    """REQ-B9."""
    text = BARE + "  share_tickets: yes\n"
    assert firm.codes(text) == set()
    file = firm.folder / "organisation.yaml"
    file.write_text(file.read_text().replace("[share-tickets]", "[]"))
    assert "MR435" in firm.codes(text)


TWICE = (
    BARE
    + "  members: [klara@muster.example]\nzweite:\n  name: Zweite\n  view: private\n  customers: [klara@muster.example]\n"
)


def test_an_address_is_in_one_main_grant_at_most_and_in_any_number_of_others(firm: Firm) -> None:
    """REQ-B10, B11: compared after folding."""
    assert firm.codes(TWICE + "  members: [KLARA@Muster.Example]\n") == {"MR433"}
    assert firm.codes(TWICE + "  main: no\n  members: [KLARA@Muster.Example]\n") == set()


def test_two_organisations_may_both_have_the_address_in_a_main_grant(tmp_path: Path) -> None:
    """REQ-B10."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert Firm(tmp_path / name).codes(BARE + "  members: [klara@muster.example]\n") == set()


def test_a_name_is_given_once(firm: Firm) -> None:
    """REQ-C1."""
    assert firm.codes(BARE, zweite=BARE) == {"MR307"}


def test_a_grant_has_one_view(firm: Firm) -> None:
    """REQ-C13."""
    assert firm.codes(BARE.replace("  view: private\n", "")) == {"MR221"}
    assert firm.codes(BARE.replace("private", "[private, commercial]")) == {"MR221"}


def test_the_name_of_a_product_is_a_matter_of_the_view(firm: Firm) -> None:
    """REQ-C15."""
    [one] = firm.grants(BARE + "  product_name: yes\n")
    assert one.product_name


def test_adding_contracts_needs_the_primary_contact_too(firm: Firm) -> None:
    """REQ-C14, C19."""
    [with_it] = firm.grants(BARE + LETS_WRITE + "  add_contracts: yes\n")
    assert rights_of(with_it) == {Right.ADD_CONTRACTS}
    text = BARE + "  account_manager: brandt\n  add_contracts: yes\n"
    assert firm.codes(text) == {"MR439"}


def test_the_calculator_is_one_of_the_stored_accounts(firm: Firm) -> None:
    """REQ-C20, C21."""
    text = BARE + LETS_WRITE + "  offers: yes\n"
    assert firm.codes(text) == {"MR437"}
    assert firm.codes(text + "  calculator: haupt\n") == {"MR313"}
    file = firm.folder / "organisation.yaml"
    file.write_text(file.read_text() + "\ncalculators: {haupt: https://rechner.example/abc}\n")
    [one] = firm.grants(text + "  calculator: haupt\n")
    assert one.calculator == "https://rechner.example/abc"


@pytest.mark.parametrize(("who", "code"), [("lang", "MR431"), ("nobody", "MR302")])
def test_an_account_manager_is_somebody_who_works_here(firm: Firm, who: str, code: str) -> None:
    """REQ-C22, C24."""
    assert code in firm.codes(BARE + f"  account_manager: {who}\n")


def test_one_of_ours_as_a_member_must_be_meant(firm: Firm) -> None:
    """REQ-C27."""
    text = BARE + "  members: [huber@abc-hausverwaltung.example]\n"
    assert firm.codes(text) == {"MR434"}
    assert firm.codes(text + "  allow_staff: yes\n") == set()


def test_grants_change_without_a_new_ruleset(firm: Firm) -> None:
    """Design §8: members are the directory's, so an old decision keeps its rules; REQ-C25: who may write the files."""
    before = load(firm.folder)
    firm.grants(BARE)
    after = load(firm.folder)
    assert before.ruleset.hash == after.ruleset.hash
    assert before.digest != after.digest
