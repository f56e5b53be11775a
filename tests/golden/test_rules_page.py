"""Every example of docs/rules.md is run, laid over the demo firm."""

import re
from pathlib import Path

import pytest

from mailroute.rules import load_files, read_files
from mailroute.rules.files import FOLDERS, OPTIONAL, REQUIRED
from mailroute.rules.reader import VERBS
from mailroute.rules.schema import (
    AbsenceEntry,
    CalendarEntry,
    CaseTypeEntry,
    ContractRow,
    DeadlinesEntry,
    InboxEntry,
    OrganisationEntry,
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
EXAMPLES = re.findall(r"<!-- example: (\S+)( adds)? -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
MODELS = (
    AbsenceEntry, CalendarEntry, CaseTypeEntry, DeadlinesEntry, InboxEntry, OrganisationEntry, PartnerEntry,
    PersonEntry, PropertyEntry, RoleEntry, StaffEntry, UnitEntry, WhenEntry,
)  # fmt: skip


@pytest.mark.parametrize(("name", "adds", "text"), EXAMPLES, ids=[name for name, _, _ in EXAMPLES])
def test_the_example_works(name: str, adds: str, text: str) -> None:
    firm = dict(read_files(CHECKOUT / "rules"))
    firm[name] = firm[name] + "\n" + text if adds else text
    # Examples replace whole files of a firm whose other files count on them; warnings are welcome.
    assert load_files(firm.items()).ruleset.organisation.id == "abc"


def test_every_file_has_an_example() -> None:
    assert {name for name, _, _ in EXAMPLES} >= {*REQUIRED, *OPTIONAL, "properties.csv", "people.csv"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_page_names_every_key(model: type) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert {key for key in keys if not re.search(rf"`{key}[`:]|\b{key}:", PAGE)} == set()


@pytest.mark.parametrize("row", [PersonRow, ContractRow])
def test_the_page_names_every_column(row: type) -> None:
    assert {column for column in columns_of(row) if f"`{column}`" not in PAGE} == set()


def test_the_page_names_every_folder_and_verb() -> None:
    assert all(f"`{folder}/*" in PAGE for folder in FOLDERS)
    assert all(verb in PAGE for verb in VERBS)
