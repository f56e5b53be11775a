"""Whatever lies in a rules directory: a clear diagnostic, in bounded time and memory, and the old rules stay active.

One table for all that hands, editors, spreadsheets and ill will leave there (issue 7, "Bad input"). Each row is done to a copy
of the demo firm; `check` must say the codes and nothing worse, and a reload must leave the active ruleset alone if one is an error.
"""

import os
import resource
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.check import check_directory
from mailroute.admin.explain import Laboratory
from mailroute.admin.reload import reload
from mailroute.admin.trial import read_tests
from mailroute.clock import StoppedClock
from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.site import load_directories
from mailroute.rules import load
from mailroute.rules.codes import CODES
from mailroute.settings import Settings
from mailroute.store.rulesets import active

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRM = shipped.path("rules")
# Generous: other tests may run beside this one. Without bounds each of these takes hours, or all memory there is.
SECONDS = 30
MEGABYTES = 400

Change = Callable[[Path], object]


def written(name: str, content: str | bytes) -> Change:
    """Replace a file."""
    data = content.encode() if isinstance(content, str) else content
    return lambda firm: (firm / name).write_bytes(data)


def added(name: str, text: str, encoding: str = "utf-8") -> Change:
    """Write something behind what is there."""

    def change(firm: Path) -> None:
        with (firm / name).open("ab") as file:
            file.write(text.encode(encoding))

    return change


def sized(name: str, megabytes: int) -> Change:
    """A file of that size, without writing it."""

    def change(firm: Path) -> None:
        with (firm / name).open("ab") as file:
            file.truncate(megabytes * 1024 * 1024)

    return change


def recoded(name: str, encoding: str) -> Change:
    return lambda firm: (firm / name).write_bytes((firm / name).read_text().encode(encoding))


def linked(name: str, to: str) -> Change:
    return lambda firm: (firm / name).symlink_to(to)


def both(*changes: Change) -> Change:
    return lambda firm: [change(firm) for change in changes]


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)
PROPERTY = "id;street;house_number;postcode;town\nbahnhof-1;Bahnhofstraße;1;{};Dresden\n"
CASE_TYPE = "\nx:\n  name: X\n  role: buchhaltung\n  when: {regex: '%s'}\n"

TABLE: dict[str, tuple[Change, str]] = {
    "YAML: a billion laughs": (written("commands.yaml", LAUGHS), "MR107"),
    "YAML: merged laughs": (written("commands.yaml", "a: &a {x: y}\nb: {<<: [*a, *a, *a]}\n"), "MR206"),
    "YAML: too deep": (written("commands.yaml", "[" * 100_000), "MR107"),
    "YAML: a tab": (added("roles.yaml", "\nx:\n\tname: X\n"), "MR103"),
    "YAML: Latin-1": (added("roles.yaml", "\nx: {name: Müller}\n", "latin-1"), "MR104"),
    "YAML: UTF-16 with a mark": (recoded("roles.yaml", "utf-16"), "MR104"),
    "YAML: UTF-16 without a mark": (recoded("roles.yaml", "utf-16-le"), "MR104"),
    "YAML: UTF-8 with a mark": (recoded("roles.yaml", "utf-8-sig"), ""),
    "YAML: a key twice": (added("roles.yaml", "\nzentrale: {name: Zentrale}\n"), "MR106"),
    "YAML: runs a program": (added("roles.yaml", "\nx: !!python/object/apply:os.system [id]\n"), "MR108"),
    "YAML: 100 MB": (sized("roles.yaml", 100), "MR105"),
    "YAML: one line of a megabyte": (written("commands.yaml", "accept: [" + "x, " * 300_000 + "x]\n"), "MR107"),
    "CSV: 100 MB": (sized("people.csv", 100), "MR105"),
    "CSV: semicolons": (written("properties.csv", PROPERTY.format("01067")), ""),
    "CSV: commas": (written("properties.csv", PROPERTY.format("01067").replace(";", ",")), ""),
    "CSV: tabs": (written("properties.csv", PROPERTY.format("01067").replace(";", "\t")), "MR112"),
    "CSV: a mark in front": (written("properties.csv", "\ufeff" + PROPERTY.format("01067")), ""),
    "CSV: Latin-1": (written("properties.csv", PROPERTY.format("01067").encode("latin-1")), "MR115"),
    "CSV: UTF-16, as Excel's Unicode text": (recoded("people.csv", "utf-16"), "MR104"),
    "CSV: a workbook under another name": (written("people.csv", b"PK\x03\x04" + bytes(500)), "MR104"),
    "CSV: line ends of old Macs": (written("properties.csv", PROPERTY.format("01067").replace("\n", "\r")), ""),
    "CSV: a zero that a spreadsheet ate": (written("properties.csv", PROPERTY.format("1067")), "MR416"),
    "CSV: a number that a spreadsheet rounded": (
        written("contracts/x.csv", "contract;party\n4,71E+10;Ada Koch\n"),
        "MR219",
    ),
    "CSV: a quotation mark that never ends": (added("people.csv", '\n"x;' + "y;" * 100_000), "MR110"),
    "a pattern that explodes elsewhere": (added("case-types.yaml", CASE_TYPE % "(a+)+$"), ""),
    "a pattern beyond all bounds": (added("case-types.yaml", CASE_TYPE % "((a{99}){99}){99}"), "MR217"),
    "a file that is a link to itself": (
        both(lambda firm: (firm / "roles.yaml").unlink(), linked("roles.yaml", "roles.yaml")),
        "MR114",
    ),
    "a file that is everything": (linked("properties/zero.yaml", "/dev/zero"), "MR114"),
    "a file that never answers": (lambda firm: os.mkfifo(firm / "properties" / "pipe.yaml"), "MR114"),
    "a file that leads nowhere": (linked("properties/gone.yaml", "nowhere.yaml"), "MR114"),
    "a file that is a folder": (
        both(lambda firm: (firm / "roles.yaml").unlink(), lambda firm: (firm / "roles.yaml").mkdir()),
        "MR114",
    ),
    "a name that is no text": (
        lambda firm: Path(os.fsdecode(os.fsencode(firm / "properties") + b"/\xff\xfe.yaml")).write_text("x"),
        "MR114",
    ),
    "a folder that is a link to itself": (
        both(lambda firm: shutil.rmtree(firm / "grants"), linked("grants", "grants")),
        "MR114",
    ),
    "a folder of 100,000 levels of itself": (linked("properties/again", "."), ""),
    "a routing test of 100 MB": (sized("tests/story.yaml", 100), "MR105"),
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The good rules at work."""
    settings = Settings(state=tmp_path_factory.mktemp("books") / "state", rules=(FIRM,))
    inside = open_installation(settings, clock=StoppedClock(NOW))
    yield inside
    inside.store.close()


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A firm to spoil; without the packs, which it does not take in."""
    return Path(shutil.copytree(FIRM, tmp_path / "rules", ignore=shutil.ignore_patterns("packs")))


def said_about(firm: Path) -> tuple[Diagnostic, ...]:
    """What `check` says, without the letters, which take long and are as they were."""
    try:
        (loaded,) = load_directories((firm,))
    except RulesetInvalid as invalid:
        return invalid.diagnostics
    return (*loaded.warnings, *read_tests(firm, loaded)[1])


@pytest.mark.parametrize(("change", "codes"), TABLE.values(), ids=list(TABLE))
def test_bad_input_gives_a_diagnostic_in_bounds_and_the_old_rules_stay(
    change: Change, codes: str, firm: Path, running: Installation
) -> None:
    change(firm)
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = said_about(firm)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    said = {one.code for one in found}
    assert (time.process_time() - began < SECONDS, grown < MEGABYTES) == (True, True)
    assert set(codes.split()) <= said
    assert said or not codes
    for one in found:
        # Fit for a terminal and a log.
        assert str(one).encode()
        assert "Traceback" not in str(one)

    settings = Settings(state=firm.parent / "state", rules=(firm,))
    with running.store.read() as conn:
        was_active = dict(active(conn))
    if any(CODES[code].level == "error" for code in said):
        with pytest.raises(RulesetInvalid):
            reload(settings, running.store, running.site, StoppedClock(NOW))
        with running.store.read() as conn:
            assert dict(active(conn)) == was_active


def test_a_pattern_that_explodes_elsewhere_is_fast_here(firm: Path) -> None:
    (firm / "case-types.yaml").write_text((firm / "case-types.yaml").read_text() + CASE_TYPE % "(a+)+$")
    laboratory = Laboratory.open((load(firm),), None, NOW)
    mail = b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"a" * 90_000 + b"!\r\n"
    began = time.process_time()
    try:
        laboratory.explain(mail, NOW)
    finally:
        laboratory.close()
    assert time.process_time() - began < SECONDS


def test_a_template_in_an_endless_loop_is_named_with_its_line(firm: Path) -> None:
    letters = firm.parent / "templates" / "de"
    letters.mkdir(parents=True)
    loop = (
        "{% set s = '"
        + "x" * 5000
        + "' %}\n{% for a in s %}{% for b in s %}{% for c in s %}{% endfor %}{% endfor %}{% endfor %}"
    )
    (letters / "notification.txt").write_text(f"Subject: Neu\n\n{loop}\n")
    began = time.process_time()
    [one] = check_directory(firm, letters.parent).diagnostics
    assert time.process_time() - began < SECONDS
    assert (one.code, one.file, one.line) == ("MR700", "templates/de/notification.txt", 4)
    assert "does it ever end?" in one.message


def test_a_directory_that_changes_while_it_is_read_is_right_or_refused_and_never_a_crash(firm: Path) -> None:
    """Somebody saves, renames and deletes meanwhile: what comes of it is a ruleset, or diagnostics."""
    texts = {path: path.read_bytes() for path in firm.rglob("*") if path.suffix in (".yaml", ".csv")}
    stopping = threading.Event()

    def meddle() -> None:
        while not stopping.is_set():
            for path, text in texts.items():
                path.write_bytes(text[: len(text) // 2])
                path.unlink()
                path.with_suffix(".new").write_bytes(text)
                path.with_suffix(".new").replace(path)

    meddler = threading.Thread(target=meddle)
    meddler.start()
    try:
        for _ in range(20):
            with suppress(RulesetInvalid):
                load(firm)
    finally:
        stopping.set()
        meddler.join()
    assert load(firm).ruleset.hash == load(FIRM).ruleset.hash
