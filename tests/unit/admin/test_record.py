"""`mailroute test --record`: a real ticket becomes a routing test that passes and names nobody (issue 7, part 3)."""

import shutil
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.acts import Impossible
from mailroute.admin.record import FILE, Recorded, record
from mailroute.admin.trial import read_tests, run_tests
from mailroute.admin.writing import write_whole
from mailroute.flow.activate import open_installation
from mailroute.flow.process import claim, commit, prepare
from mailroute.flow.receive import receive
from mailroute.model.mail import Delivery, Door, Trust
from mailroute.rules import load
from mailroute.settings import Settings
from mailroute.store.engine import open_store
from mailroute.store.tickets import tickets

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INBOX = "service@abc-hausverwaltung.example"
FIRM = shipped.path("rules")


def mail(sender: str, subject: str, text: str, *, files: tuple[str, ...] = (), to: str = INBOX) -> bytes:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = sender, to, subject
    written["Message-ID"] = f"<{abs(hash(subject))}@mail.example>"
    written.set_content(text)
    for name in files:
        written.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename=name)
    return written.as_bytes()


MAILS = (
    mail(
        "Leyla Aydın <aydin@mieter.example>",
        "Schimmel bei Aydın",
        "Guten Tag,\n\nim Bad ist Schimmel. Meine Nachbarin Frau Petzold (petzold@gmx.de, 0171 5556677) hat ihn gesehen.\n\n"
        "Mit freundlichen Grüßen\nLeyla Aydın\nTel. 089 5554433\n",
        files=("Leylas Bad.jpg",),
    ),
    mail(
        "Rüdiger Unbekannt <ruediger@web.de>",
        "Dachrinne",
        "In der Max-Planck-Straße 12 ist die Dachrinne abgebrochen.\n\nGruß\nRüdiger Unbekannt\n",
    ),
    mail(
        "Jonas Bauer <jonas.bauer@mieter.example>",
        "Frage",
        "Ich habe eine Frage zu meinem Vertrag MV-2022-0102.",
    ),
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    directory = tmp_path_factory.mktemp("books")
    settings = Settings(state=directory / "state", rules=(FIRM,))
    inside = open_installation(settings, clock=lambda: NOW)
    for n, content in enumerate(MAILS):
        delivery = Delivery(Door.FILE, f"s{n}@mieter.example", (INBOX,), content, NOW, "test")
        receive(delivery, inside.store, inside.site.inboxes).result()
    for claimed in claim(inside.store, "test", NOW):
        with inside.store.read() as conn:
            prepared = prepare(conn, claimed, inside.site, NOW)
        commit(inside.store, prepared, NOW).result()
    inside.store.close()
    return settings


def number_of(books: Settings, subject: str) -> int:
    with open_store(books.database_url, exclusive=False) as store, store.read() as conn:
        return next(one.number for one in tickets(conn) if subject in one.subject)


def recorded(books: Settings, rules: Path, subject: str) -> Recorded:
    number = number_of(books, subject)
    with open_store(books.database_url, exclusive=False) as store, store.read() as conn:
        return record(conn, rules, load(rules), (None, number), Trust(), ())


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIRM, tmp_path / "rules", ignore=shutil.ignore_patterns("packs")))


@pytest.mark.parametrize(
    ("subject", "gone", "stays"),
    [
        (
            "Schimmel",
            "Leyla Aydın aydin Petzold petzold 5556677 5554433 Leylas",
            "Schimmel max-planck-12/we-01 anhang-1.jpg",
        ),
        ("Dachrinne", "Rüdiger Unbekannt ruediger web.de", "Max-Planck-Straße 12 Dachrinne"),
        ("Frage", "Jonas Bauer jonas", "MV-2022-0102"),
    ],
)
def test_a_real_ticket_becomes_a_test_that_passes_and_names_nobody(
    books: Settings, rules: Path, subject: str, gone: str, stays: str
) -> None:
    made = recorded(books, rules, subject)
    assert [word for word in gone.split() if word in made.entry] == []
    assert [word for word in stays.split() if word not in made.entry] == []
    write_whole(rules / FILE, made.file_text)
    loaded = load(rules)
    tests, mistakes = read_tests(rules, loaded)
    assert mistakes == ()
    assert [one.test.name for one in run_tests(tests, loaded, None, NOW) if not one.passed] == []


def test_a_second_ticket_is_added_and_comments_stay(books: Settings, rules: Path) -> None:
    first = recorded(books, rules, "Schimmel")
    write_whole(rules / FILE, first.file_text + "# Frau Huber will das so.\n")
    second = recorded(books, rules, "Dachrinne")
    write_whole(rules / FILE, second.file_text)
    text = (rules / FILE).read_text()
    assert "# Frau Huber will das so.\n" in text
    assert first.entry in text
    tests, _ = read_tests(rules, load(rules))
    assert {first.name, second.name} <= {one.name for one in tests}
    with pytest.raises(Impossible, match="already"):
        recorded(books, rules, "Schimmel")


def test_the_test_outlives_who_moves_out(books: Settings, rules: Path) -> None:
    made = recorded(books, rules, "Schimmel")
    write_whole(rules / FILE, made.file_text)
    home = rules / "properties" / "max-planck-12.yaml"
    home.write_text("\n".join(line for line in home.read_text().split("\n") if "aydin@" not in line))
    for table in (rules / "contracts").glob("*.csv"):
        table.write_text(table.read_text().replace("aydin@mieter.example", ""))
    loaded = load(rules)
    tests, _ = read_tests(rules, loaded)
    [outcome] = run_tests([one for one in tests if one.name == made.name], loaded, None, NOW)
    assert outcome.differences == ()


def test_what_the_rules_now_do_otherwise_is_told(books: Settings, rules: Path) -> None:
    file = rules / "case-types.yaml"
    file.write_text(file.read_text().replace("    - schimmel: 3\n", "").replace("notfall:", "notfall:", 1))
    notes = " ".join(recorded(books, rules, "Schimmel").notes)
    assert "case_type: on its day schadensmeldung, with these rules none" in notes


def test_there_is_nothing_to_record_of_what_is_not_there(books: Settings, rules: Path) -> None:
    loaded = load(rules)
    with (
        open_store(books.database_url, exclusive=False) as store,
        store.read() as conn,
        pytest.raises(Impossible, match="no such ticket"),
    ):
        record(conn, rules, loaded, (None, 999), Trust(), ())
