"""What comes down upon people, who broke in and is still there, carbon monoxide, an open shaft: an emergency by the rule alone.

These are heard by `when` of havarie_notfall, whatever the pack has learned; what is over or can wait is none (issue 4 part 6).
"""

import pytest

from mailroute.admin.matter import Judge
from mailroute.rules import load_files
from tests.quality.measure import bare_firm


@pytest.fixture(scope="module")
def judge() -> Judge:
    rules = {name: text for name, text in bare_firm("property-de") if not name.endswith(".csv")}
    return Judge.of((load_files(rules.items()),))


@pytest.mark.parametrize(
    "text",
    [
        "Die Dachrinne hängt nur noch an einer Schelle, darunter ist der Kindergarten.",
        "Vom Gesims kommen Brocken runter, eben einer knapp neben dem Briefträger.",
        "Die große Linde neigt sich auf unser Haus.",
        "Das Baugerüst hat sich von der Fassade gelöst.",
        "Es stürzen Ziegel auf den Gehweg.",
        "A tile just missed me and more are coming down on the pavement.",
        "The scaffolding is swaying in the wind.",
        "Einbrecher sind noch im Keller, wir hören sie.",
        "Gerade versucht jemand, unsere Wohnungstür aufzubrechen.",
        "Haustür eingetreten, die sind noch im Haus.",
        "Someone is breaking in downstairs.",
        "Der CO-Melder im Flur piept durchgehend.",
        "Unser Gasmelder hat eben angeschlagen.",
        "The carbon monoxide detector is going off.",
        "Das Feuer ist noch nicht gelöscht.",
        "The fire is not out yet.",
        "Die Schachttür im zweiten Stock steht offen.",
        "Der Aufzug fährt seit heute mit offener Tür.",
        "Im Keller liegt eine Handgranate aus dem Krieg.",
        "A tree has crashed through my roof.",
        "The storm put the chestnut tree through the roof.",
        "Seit der Böe hängt das Werbeschild an der Fassade nur noch an einer Schraube.",
        "Im Keller brennt Licht, und es riecht nach Gas.",
        "Der Balkon bricht gerade ab.",
        "Jemand versucht gerade einzubrechen.",
        "Bei mir bricht gerade jemand ein!",
        "Der Mann im Treppenhaus hat ein Messer.",
        "CO-Melder zeigt Alarm.",
        "Der Ast mit dem ganzen Laub hängt nur noch an einem Faden über dem Gehweg.",
        "Gestern stand es noch, jetzt neigt sich das Gerüst auf die Straße.",
        "Seit gestern riecht es nach Gas.",
        "Die Dachrinne hängt nur noch an einem Haken, die Versicherung meinte, ich soll sofort Bescheid geben.",
    ],
)
def test_danger_to_people_is_an_emergency(judge: Judge, text: str) -> None:
    assert judge.view("", text.encode())["emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "Am Balkon ist Putz abgeplatzt, bitte bei Gelegenheit ansehen.",
        "Letzte Woche ist ein Ziegel knapp neben meinem Auto gelandet, ich brauche die Nummer der Versicherung.",
        "Die Dachrinne hängt nur noch an einer Schelle, bitte ein Angebot dafür.",
        "Mein Fenster lässt sich nicht mehr kippen.",
        "Gestern wurde die Haustür eingetreten, die Polizei hat alles aufgenommen.",
        "Im Sommer haben Einbrecher den Keller ausgeräumt.",
        "Der CO-Melder piept alle paar Minuten, wohl die Batterie.",
        "Wann wird der Gasmelder geprüft, und was zeigt er an?",
        "Was tun, falls der CO-Melder piept?",
        "Das Feuer ist gelöscht.",
        "Der Aufzug fährt nicht.",
        "The tree in the yard needs pruning, quote attached.",
        "The carbon monoxide detector needs a new battery, it is chirping.",
        "My energy bill has gone through the roof. And could someone clean the window in the stairwell?",
        "The handle of the kitchen window is hanging off, please send someone when you can.",
        "Die Temperatur der Heizung schwankt, und am Balkon zieht es.",
        "Blätter der Kastanie fallen auf den Gehweg, bitte kehren lassen.",
        "Am Eingang hängt ein Zettel: Die Fassade wird gestrichen.",
        "Die Kosten fallen auf die Mieter? Die Fassade bezahlt doch der Eigentümer.",
        "Der Nachbar parkt knapp neben der Mauer, sodass ich nicht herauskomme.",
        "Die Mauer zum Nachbargrundstück neigt sich seit Jahren leicht.",
        "Er versucht gerade, einen Nachmieter zu finden.",
        "Männer vom Bautrupp haben mit dem Messer die Folie aufgeschnitten.",
        "Der Gasmelder zeigt grün, wie oft muss man ihn tauschen?",
        "Ich ziehe ins Pflegeheim und kündige; der Keller ist ohne Strom.",
        "In der Garage hat einer versucht reinzukommen, drei Tore sind eingedellt.",
        "Das Schloss hakt, sonst bricht mir einer der Schlüssel ab.",
        "Die Kaution wurde wegen dem Rohrbruch im Bad einbehalten.",
        "Es brennt im Treppenhaus dauernd das Licht.",
    ],
)
def test_what_is_over_or_can_wait_is_none(judge: Judge, text: str) -> None:
    assert not judge.view("", text.encode())["emergency"]
