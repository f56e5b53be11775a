"""A mistyped street is understood in a mail, by the directory of this moment and no other."""

from pathlib import Path

import pytest

from mailroute.flow.names import NamesByHeart
from mailroute.model.directory import LookupKind, Property
from mailroute.model.ticket import PartyKind
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.store.engine import Store, migrate, open_store
from mailroute.store.facts import found_by, gather
from mailroute.store.rulesets import activate
from tests.support.factories import (
    NOW,
    TODAY,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_ruleset,
    a_sender,
    an_envelope,
)
from tests.support.stores import KEYRING, write

STRANGER = a_sender(PartyKind.UNKNOWN, None, address="x@y.example")


def fill(store: Store, digest: str, *houses: Property) -> None:
    write(store, lambda tx: activate(tx, a_ruleset(), a_directory(houses, []), NOW, digest=digest))


def place_of(store: Store, names: NamesByHeart, text: str) -> str | None:
    keys = locate(a_message(text, ""), an_envelope())
    with store.read() as conn:
        facts = gather(
            conn, keys, an_envelope(), author=None, keyring=KEYRING, content_key="c", fresh_number=1, now=NOW,
            names=names.of(conn, "abc"),
        )  # fmt: skip
    return match(keys, facts.found, STRANGER, TODAY).property


@pytest.mark.parametrize("digest", ["b", ""])
def test_a_new_directory_is_noticed(tmp_path: Path, digest: str) -> None:
    url = f"sqlite:///{tmp_path / 'd.sqlite'}"
    migrate(url)
    names = NamesByHeart()
    with open_store(url) as store:
        fill(store, "a", a_property())
        assert place_of(store, names, "Max-Plank-Str. 12") == "max-planck-12"
        assert place_of(store, names, "Bahnhfostr. 5") is None

        fill(store, digest, a_property("bahnhof-5", "Bahnhofstraße", "5"))
        assert place_of(store, names, "Bahnhfostr. 5") == "bahnhof-5"
        assert place_of(store, names, "Max-Plank-Str. 12") is None


def test_the_names_of_houses_are_those_of_this_moment_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'd.sqlite'}"
    migrate(url)
    names = NamesByHeart()
    with open_store(url) as store:
        fill(store, "a", a_property(aliases=("Alte Post",)))
        assert place_of(store, names, "Bei uns in der Alten Post tropft es.") is None
        assert place_of(store, names, "In der alte Post tropft es.") == "max-planck-12"

        fill(store, "b", a_property("bahnhof-5", "Bahnhofstraße", "5", aliases=("Turmhaus",)))
        assert place_of(store, names, "In der alte Post tropft es.") is None
        assert place_of(store, names, "Im Turmhaus tropft es.") == "bahnhof-5"


def test_what_nobody_is_found_by_is_learned_with_the_next_directory(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'd.sqlite'}"
    migrate(url)
    names = NamesByHeart()
    caller = a_person(phones=("0201 445566",))
    keys = locate(a_message("Bitte rufen Sie an: 0201/445566", ""), an_envelope())
    with open_store(url) as store:
        fill(store, "a", a_property(house_number="12"))
        with store.read() as conn:
            assert names.of(conn, "abc").kinds.isdisjoint({LookupKind.PHONE, LookupKind.WITHIN})
            assert found_by(conn, "abc", keys, None, names.of(conn, "abc")).people == ()

        directory = a_directory([a_property(house_number="12-18")], [caller])
        write(store, lambda tx: activate(tx, a_ruleset(), directory, NOW, digest="b"))
        with store.read() as conn:
            assert names.of(conn, "abc").kinds >= {LookupKind.PHONE, LookupKind.WITHIN}
            assert found_by(conn, "abc", keys, None, names.of(conn, "abc")).people == (caller,)
        assert place_of(store, names, "Max-Planck-Str. 14") == "max-planck-12"
