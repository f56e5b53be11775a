"""Warmth, light or water missing for all is an emergency; for one flat, yesterday, next Tuesday or on paper it is none.

These are heard by the rule alone (`when` of havarie_notfall), whatever else the pack has learned (issue 4 part 5: scope words).
"""

import pytest

from mailroute.admin.matter import Judge
from mailroute.rules import load_files
from tests.quality.measure import bare_firm


@pytest.fixture(scope="module")
def judge() -> Judge:
    rules = {name: text for name, text in bare_firm("property-de") if not name.endswith(".csv")}
    return Judge.of((load_files(rules.items()),))


def is_alarm(judge: Judge, text: str, date: str) -> bool:
    mail = f"From: kim@x.example\nTo: haus@y.example\nDate: {date}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    return bool(judge.view("mail", mail.encode())["emergency"])


WINTER, SUMMER = "Sat, 10 Jan 2026 09:00:00 +0100", "Fri, 10 Jul 2026 09:00:00 +0200"


@pytest.mark.parametrize(
    "text",
    [
        "Alle drei Eingänge ohne Wärme, draußen Dauerfrost.",
        "Seit heute früh sind sämtliche Wohnungen im Vorderhaus kalt.",
        "Die Heizung ist im gesamten Wohnblock tot.",
        "Bei minus neun Grad ist der gesamte Aufgang C ohne Heizung, 24 Parteien.",
        "in allen wohnungen kein wasser",
        "Heizungsausfall in allen fünf Häusern.",
        "Kein Strom in beiden Treppenhaeusern",
        "Die Heizung ist im ganzen Haus ausgefallen, wir werden die Miete mindern.",
        "Alle 24 Wohnungen sitzen seit 5 Uhr auf dem Trockenen.",
        "Komplettausfall der Wärmeversorgung, 64 Wohneinheiten.",
        "Hier ist die Wohngruppe im Erdgeschoss: wir haben weder Wärme noch Licht.",
        "No heating in any of the 40 flats.",
        "The whole block has been without electricity since six.",
    ],
)
def test_what_is_missing_for_all_is_an_emergency(judge: Judge, text: str) -> None:
    assert is_alarm(judge, text, WINTER)


@pytest.mark.parametrize(
    "text",
    [
        "In meiner ganzen Wohnung ist die Heizung aus.",
        "Ein Heizkörper ist kalt, alle anderen Heizkörper sind warm.",
        "Gestern war im ganzen Haus die Heizung weg, heute läuft sie wieder, nur mein Bad ist noch kalt.",
        "Letzte Woche war das ganze Haus ohne Strom.",
        "Am Dienstag ist das ganze Haus zwei Stunden ohne Wasser, laut Aushang von 9 bis 11.",
        "Es stimmt nicht, dass alle Wohnungen kalt sind, nur bei mir im Bad tut sich nichts.",
        "Für die Tage, an denen das ganze Haus ohne Heizung war, kündige ich eine Minderung an.",
        "Die Heizung war im ganzen Haus ausgefallen, darum mindern wir die Miete.",
        "Es ist keine Heizung ausgefallen, alle Wohnungen sind warm.",
        "The heating was off in the whole building on Tuesday but came back the same evening.",
    ],
)
def test_what_is_missing_for_one_or_no_longer_or_not_yet_is_none(judge: Judge, text: str) -> None:
    assert not is_alarm(judge, text, WINTER)


def test_in_summer_nobody_is_called_at_night_for_a_cold_house(judge: Judge) -> None:
    assert not is_alarm(judge, "Die Heizung ist im ganzen Haus aus.", SUMMER)
    assert is_alarm(judge, "Kein Wasser im ganzen Haus.", SUMMER)
