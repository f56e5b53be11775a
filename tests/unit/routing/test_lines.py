"""Which line of business a mail names (REQ-C18)."""

import pytest

from mailroute.routing.lines import named_lines

LINES = (
    "KFZ",
    "Hausratversicherung",
    "Privathaftpflicht",
    "Wohngebäude",
    "business liability",
    "Bauleistung",
    "",
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Mein Hausrat ist nass", {"Hausratversicherung"}),
        ("Die Hausratversicherung soll zahlen", {"Hausratversicherung"}),
        ("KFZ-Schaden beim Parken", {"KFZ"}),
        ("Schaden an den Kfzs", {"KFZ"}),
        ("Die Haftpflicht der Tochter", {"Privathaftpflicht"}),
        ("Ein Gebäudeschaden", {"Wohngebäude"}),
        ("Wohngebaeude und Kfz", {"Wohngebäude", "KFZ"}),
        ("On a business trip", set()),
        ("Our business liability", {"business liability"}),
        ("Am Bau ist etwas kaputt", set()),
        ("Der Versicherungsschaden, die Versicherung, der Vertrag", set()),
        ("", set()),
        ("\x00" * 1_000 + "💥", set()),
    ],
)
def test_a_line_is_named_by_its_own_words_and_by_no_general_one(text: str, named: set[str]) -> None:
    assert named_lines(LINES, text) == named
