"""Every example of docs/rules.md is run, laid over the demo firm."""

import re
import shutil
from pathlib import Path

import pytest

from mailroute.admin.trial import Outcome, read_tests, run_tests
from mailroute.clock import system_clock
from mailroute.rules import load
from mailroute.rules.deadline_schema import DeadlinesEntry
from mailroute.rules.files import FOLDERS, OPTIONAL, REQUIRED
from mailroute.rules.grant_schema import GrantEntry, MemberEntry, ProfileEntry, SharingEntry
from mailroute.rules.people_of_tests import TestPersonEntry
from mailroute.rules.reader import VERBS
from mailroute.rules.routing_tests import ExpectEntry, LetterEntry, MailEntry, TestEntry
from mailroute.rules.schema import (
    AbsenceEntry,
    CalendarEntry,
    CaseTypeEntry,
    ContractRow,
    InboxEntry,
    OrganisationEntry,
    PackUse,
    PartnerEntry,
    PersonEntry,
    PersonRow,
    PropertyEntry,
    RoleEntry,
    StaffEntry,
    UnitEntry,
    WhenEntry,
    columns_of,
)

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "rules.md").read_text()
EXAMPLES = re.findall(
    r"<!-- example: (\S+)( adds)?(?:,( with packs))? -->\n```\w+\n(.*?)```", PAGE, re.DOTALL
)
MODELS = (
    AbsenceEntry, CalendarEntry, CaseTypeEntry, DeadlinesEntry, InboxEntry, OrganisationEntry, PackUse, PartnerEntry,
    PersonEntry, PropertyEntry, RoleEntry, StaffEntry, UnitEntry, WhenEntry, TestEntry, TestPersonEntry, MailEntry, ExpectEntry, LetterEntry,
    GrantEntry, MemberEntry, ProfileEntry, SharingEntry,
)  # fmt: skip


# The firm that takes in both packs, as the page shows it.
TAKES_PACKS = next(text for name, _, _, text in EXAMPLES if name == "organisation.yaml" and "packs:" in text)


@pytest.mark.parametrize(("name", "adds", "packs", "text"), EXAMPLES, ids=[name for name, *_ in EXAMPLES])
def test_the_example_works(name: str, adds: str, packs: str, text: str, tmp_path: Path) -> None:
    if name.startswith("tests/"):
        assert [one.differences for one in outcomes(tmp_path, text)] == [()]
        return
    firm = tmp_path / "rules"
    shutil.copytree(CHECKOUT / "rules", firm, ignore=shutil.ignore_patterns("packs"))
    if packs:
        (firm / "organisation.yaml").write_text(TAKES_PACKS)
    file = firm / name
    file.write_text(file.read_text() + "\n" + text if adds else text)
    # Examples replace whole files of a firm whose other files count on them; warnings are welcome.
    assert load(firm).ruleset.organisation.id == "abc"


def outcomes(tmp_path: Path, text: str) -> list[Outcome]:
    """Run routing tests on the demo firm."""
    shutil.copytree(CHECKOUT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("tests"))
    (tmp_path / "rules" / "tests").mkdir()
    (tmp_path / "rules" / "tests" / "example.yaml").write_text(text)
    loaded = load(tmp_path / "rules")
    tests, mistakes = read_tests(tmp_path / "rules", loaded)
    assert [one for one in mistakes if one.level == "error"] == []
    return list(run_tests(tests, loaded, None, system_clock()))


def test_every_file_has_an_example() -> None:
    assert {name for name, *_ in EXAMPLES} >= {
        *REQUIRED,
        *OPTIONAL,
        "properties.csv",
        "people.csv",
        "tests/notfall.yaml",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_page_names_every_key(model: type) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert {key for key in keys if not re.search(rf"`{key}[`:]|\b{key}:", PAGE)} == set()


@pytest.mark.parametrize("row", [PersonRow, ContractRow])
def test_the_page_names_every_column(row: type) -> None:
    assert {column for column in columns_of(row) if f"`{column}`" not in PAGE} == set()


def test_every_link_within_the_page_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^a-z0-9 _-]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^#+ (.*)$", PAGE, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= headings


def test_the_page_names_every_folder_and_verb() -> None:
    assert all(f"`{folder}/*" in PAGE for folder in FOLDERS)
    assert all(verb in PAGE for verb in VERBS)
