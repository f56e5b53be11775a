"""A mistyped street is understood in a mail, by the directory of this moment and no other."""

from pathlib import Path

import pytest

from mailroute.flow.streets import StreetIndexes, StreetsOfSnapshot
from mailroute.model.directory import Property
from mailroute.model.ticket import PartyKind
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.store.engine import Store, migrate, open_store
from mailroute.store.facts import gather
from mailroute.store.rulesets import activate
from tests.support.factories import (
    NOW,
    TODAY,
    a_directory,
    a_message,
    a_property,
    a_ruleset,
    a_sender,
    an_envelope,
)
from tests.support.stores import KEYRING, write

STRANGER = a_sender(PartyKind.UNKNOWN, None, address="x@y.example")


def fill(store: Store, digest: str, *houses: Property) -> None:
    write(store, lambda tx: activate(tx, a_ruleset(), a_directory(houses, []), NOW, digest=digest))


def place_of(store: Store, indexes: StreetIndexes, text: str) -> str | None:
    keys = locate(a_message(text, ""), an_envelope())
    with store.read() as conn:
        facts = gather(
            conn, keys, an_envelope(), author=None, keyring=KEYRING, content_key="c", fresh_number=1, now=NOW,
            streets=StreetsOfSnapshot(indexes, conn, "abc"),
        )  # fmt: skip
    return match(keys, facts.found, STRANGER, TODAY).property


@pytest.mark.parametrize("digest", ["b", ""])
def test_a_new_directory_is_noticed(tmp_path: Path, digest: str) -> None:
    url = f"sqlite:///{tmp_path / 'd.sqlite'}"
    migrate(url)
    indexes = StreetIndexes()
    with open_store(url) as store:
        fill(store, "a", a_property())
        assert place_of(store, indexes, "Max-Plank-Str. 12") == "max-planck-12"
        assert place_of(store, indexes, "Bahnhfostr. 5") is None

        fill(store, digest, a_property("bahnhof-5", "Bahnhofstraße", "5"))
        assert place_of(store, indexes, "Bahnhfostr. 5") == "bahnhof-5"
        assert place_of(store, indexes, "Max-Plank-Str. 12") is None
