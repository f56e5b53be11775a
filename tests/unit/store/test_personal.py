"""The list of personal columns is what erasure will trust: every name in it must exist."""

from mailroute.store.personal import PERSONAL
from mailroute.store.tables import metadata


def test_every_personal_column_exists() -> None:
    missing = [
        f"{table}.{column}"
        for table, columns in PERSONAL.items()
        for column in columns
        if column not in metadata.tables[table].columns
    ]

    assert missing == []


def test_all_that_the_directory_says_of_a_person_is_personal() -> None:
    keys = {"organisation_id", "id", "language", "contracts"}

    assert {c.name for c in metadata.tables["person"].columns} - keys == set(PERSONAL["person"])
