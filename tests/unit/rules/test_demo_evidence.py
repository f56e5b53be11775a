"""The words of the demo firm recognise what tenants and owners really write."""

from pathlib import Path

import pytest

from mailroute.routing.classify import Classifier, classify, compile_classifier
from mailroute.rules import load
from tests.support.factories import a_message, a_sender, an_envelope

MAILS = [
    (
        "rechnung",
        "Frage zu meiner Rechnung",
        "Guten Tag, auf der Rechnung vom 3.11. steht ein Betrag von 84,20 Euro, den ich nicht verstehe. Können Sie mir das erklären? Mit freundlichen Grüßen Müller",
    ),
    (
        "schadensmeldung",
        "Gebäudeschaden",
        "Sehr geehrte Damen und Herren, beim Sturm gestern ist an der Max-Planck-Straße 12 die Dachrinne heruntergekommen. Das Wasser läuft an der Fassade herunter.",
    ),
    (
        "nebenkosten",
        "Nebenkostenabrechnung 2025",
        "Sehr geehrte Frau Huber, ich habe Fragen zur Nachzahlung. Die Rechnung der Stadtwerke fehlt.",
    ),
    (
        "nebenkosten",
        "Widerspruch",
        "hiermit widerspreche ich der Betriebskostenabrechnung vom 12.10. und bitte um Belegeinsicht",
    ),
    (
        "heizung",
        "Heizung kalt",
        "Seit heute früh ist ein Heizkörper im Wohnzimmer kalt. Bitte schicken Sie jemanden.",
    ),
    ("notfall", "DRINGEND", "Hilfe, wir haben einen Wasserrohrbruch im Bad!"),
    ("notfall", "Geruch", "Im Treppenhaus riecht es nach Gas, es riecht nach Gas!"),
    ("notfall", "Gas", "Es riecht im Keller stark nach Gas!"),
    (
        "notfall",
        "Heizung ausgefallen",
        "Seit gestern ist die Heizung im ganzen Haus ausgefallen, alle frieren.",
    ),
    (
        "kuendigung",
        "Kündigung",
        "hiermit kündige ich meinen Mietvertrag fristgerecht zum 31.03. Bitte bestätigen Sie und nennen einen Termin für die Übergabe.",
    ),
    (
        "mietvertrag",
        "Wohnungsgeberbestätigung",
        "Für die Anmeldung brauche ich eine Wohnungsgeberbestätigung.",
    ),
    (
        "schluessel",
        "Schlüssel verloren",
        "Ich habe meinen Haustürschlüssel verloren und möchte einen neuen nachbestellen.",
    ),
    ("hausordnung", "Lärm", "Mein Nachbar hört jede Nacht laute Musik bis 2 Uhr. Das ist Ruhestörung."),
    (
        "versammlung",
        "Eigentümerversammlung",
        "Bitte nehmen Sie folgenden Punkt auf die Tagesordnung der nächsten Versammlung: Beschluss über Wallboxen.",
    ),
    (
        "versicherung",
        "Schadennummer 4711",
        "zu unserer Schadennummer 4711 der Gebäudeversicherung fehlt noch das Gutachten",
    ),
    ("beschwerde", "Beschwerde", "Ich möchte mich beschweren: seit Wochen keine Antwort auf meine Mails!"),
    (
        "schadensmeldung",
        "Fenster undicht",
        "Das Küchenfenster schließt nicht mehr richtig, es zieht und bei Regen tropft es.",
    ),
    ("schadensmeldung", "Schimmel im Bad", "An der Außenwand hat sich Schimmel gebildet"),
    (
        "schadensmeldung",
        "Broken gutter",
        "The gutter above my window is broken and water is leaking onto the balcony.",
    ),
    (
        "rechnung",
        "Question about my invoice",
        "Hello, I do not understand the amount due on the last invoice.",
    ),
    ("heizung", "No hot water", "There is no hot water in my flat since this morning."),
    (
        "zahlung",
        "Neue Bankverbindung",
        "bitte buchen Sie die Miete künftig per Lastschrift von IBAN DE02 1203 0000 0000 2020 51 ab.",
    ),
    ("aufzug", "Aufzug defekt", "Der Aufzug bleibt immer im 2. OG stehen"),
    (
        "schadensmeldung",
        "Wasserschaden Rechnung",
        "Wir haben einen Wasserschaden in der Küche, die Decke ist feucht.",
    ),
    ("kuendigung", "moving out", "I would like to give notice and move out at the end of March."),
    (None, "Hallo", "Können Sie mich bitte zurückrufen?"),
    ("schadensmeldung", "Klingel", "Die Klingelanlage geht nicht mehr"),
    ("schadensmeldung", "Licht", "Das Licht im Treppenhaus geht nicht mehr, die Lampe ist kaputt"),
    (
        "zahlung",
        "Mahnung",
        "Sie haben mir eine Mahnung zur Rechnung 2026-117 geschickt, die ich längst bezahlt habe.",
    ),
    ("hausordnung", "Müll", "Die Mülltonnen quellen über"),
    ("zahlung", "Kaution", "Wann bekomme ich meine Kaution zurück? Ich bin am 31.12. ausgezogen."),
    ("schadensmeldung", "Rohr verstopft", "Der Abfluss in der Küche ist verstopft"),
    ("nebenkosten", "Heizkostenabrechnung", "die Heizkosten sind doppelt so hoch wie im Vorjahr"),
    ("schadensmeldung", "Balkontür", "Die Balkontür lässt sich nicht mehr schließen"),
    ("schluessel", "Key", "I lost the key to my flat"),
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return compile_classifier(load(Path(__file__).parents[3] / "rules").ruleset)


@pytest.mark.parametrize(("case_type", "subject", "text"), MAILS, ids=[subject for _, subject, _ in MAILS])
def test_a_mail_is_recognised(classifier: Classifier, case_type: str | None, subject: str, text: str) -> None:
    found = classify(classifier, a_message(text, subject), a_sender(), an_envelope(), reply=False)
    assert found.case_type == case_type, found.scores


@pytest.mark.parametrize(
    "text",
    [
        "Die Gaststätte im Erdgeschoss stinkt nach Bratfett.",
        "Ein Heizkörper bleibt kalt.",
        "Der Wasserhahn tropft leicht.",
        "Die Rechnung der Feuerwehr habe ich bekommen.",
        "Der Aufzug hängt manchmal, aber er fährt.",
    ],
)
def test_an_ordinary_matter_is_no_emergency(classifier: Classifier, text: str) -> None:
    found = classify(classifier, a_message(text, "Anfrage"), a_sender(), an_envelope(), reply=False)
    assert not found.emergency
