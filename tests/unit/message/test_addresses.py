import pytest

from mailroute.message.addresses import bare_id, read_addresses, read_ids
from mailroute.model.address import Address
from mailroute.model.limits import MESSAGE_IDS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"petra@mieter.example", [("", "petra@mieter.example")]),
        (b"<Petra@Mieter.Example>", [("", "petra@mieter.example")]),
        (b"Petra Vogel <petra@mieter.example>", [("Petra Vogel", "petra@mieter.example")]),
        (b'"Vogel, Petra" <petra@mieter.example>', [("Vogel, Petra", "petra@mieter.example")]),
        (b"Vogel, Petra <petra@mieter.example>", [("Vogel, Petra", "petra@mieter.example")]),
        (b"petra@mieter.example (Petra Vogel)", [("Petra Vogel", "petra@mieter.example")]),
        (b"a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        (b"Alle: a@b.example, C <c@d.example>;", [("", "a@b.example"), ("C", "c@d.example")]),
        (b"undisclosed-recipients:;", []),
        (b"=?utf-8?q?M=C3=BCller=2C_J=C3=BCrgen?= <m@b.example>", [("Müller, Jürgen", "m@b.example")]),
        (b"=?utf-8?q?M=C3=BCller, J?= <m@b.example>", [("Müller, J", "m@b.example")]),
        (b"J\xfcrgen <m@b.example>", [("Jürgen", "m@b.example")]),
        (b"Petra <mailto:p@b.example>", [("Petra", "p@b.example")]),
        (b"Petra p@b.example", [("Petra", "p@b.example")]),
        (b"Petra [p@b.example]", [("Petra", "p@b.example")]),
        (b"<p@b.example", [("", "p@b.example")]),
        (b"p@K\xc3\xbcche.example", [("", "p@xn--kche-0ra.example")]),
        (b"Jemand", [("Jemand", "")]),
        (b"MAILER-DAEMON (Mail Delivery System)", [("Mail Delivery System", "mailer-daemon")]),
        (b'"\\"Chef\\"" <c@b.example>', [("Chef", "c@b.example")]),
        (b"<@route.example:p@b.example>", [("", "p@b.example")]),
        (b'"', []),
        (b"(c):", [("c", "")]),
        (b"<", []),
        (b",,;", []),
        (b"", []),
    ],
)
def test_addresses_are_read_as_a_person_would(value: bytes, expected: list[tuple[str, str]]) -> None:
    assert read_addresses([value]) == tuple(Address(name, address) for name, address in expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<a@b.example>", ("a@b.example",)),
        (b"<a@b> <c@d>\t<a@b>", ("a@b", "c@d")),
        (b"<[b378c0@prod.exchange.example]>", ("[b378c0@prod.exchange.example]",)),
        (b"a@b.example", ("a@b.example",)),
        (b"Your message of Monday <a@b.example>", ("a@b.example",)),
        (b"<a@b\t .example>", ("a@b.example",)),
        (b"<", ()),
        (b"kaputt", ()),
    ],
)
def test_ids_lose_their_brackets_and_their_doubles(value: bytes, expected: tuple[str, ...]) -> None:
    assert read_ids([value]) == expected


def test_of_too_many_references_the_root_and_the_neighbours_stay() -> None:
    value = b" ".join(b"<%d@b>" % number for number in range(300))
    ids = read_ids([value])
    assert len(ids) == MESSAGE_IDS
    assert (ids[0], ids[1], ids[-1]) == ("0@b", "201@b", "299@b")


def test_a_content_id_is_the_first_id() -> None:
    assert bare_id(b"<logo@abc>") == "logo@abc"
    assert bare_id(b"") is None
