"""Names within a German sentence."""

import pytest

from mailroute.model.names import oblique


@pytest.mark.parametrize(
    ("name", "behind_a_preposition"),
    [
        ("Herr Müller", "Herrn Müller"),
        ("Herr Dr. Müller", "Herrn Dr. Müller"),
        ("Frau und Herr Müller", "Frau und Herrn Müller"),
        ("Herr und Frau Müller", "Herrn und Frau Müller"),
        ("Herrn Müller", "Herrn Müller"),
        ("Frau Herr", "Frau Herr"),
        ("Peter Herr GmbH", "Peter Herr GmbH"),
        ("Klaus Müller", "Klaus Müller"),
        ("Zentrale", "Zentrale"),
        ("", ""),
    ],
)
def test_only_herr_changes_behind_a_preposition(name: str, behind_a_preposition: str) -> None:
    assert oblique(name) == behind_a_preposition
