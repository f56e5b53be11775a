"""What somebody denies, or says that it can wait, alarms nobody; who denies and then tells of an emergency does (issue 4 part 5)."""

import pytest

from mailroute.admin.matter import Judge
from tests.support.matters import judge_of


@pytest.fixture(scope="module")
def judge() -> Judge:
    return judge_of("property-de")


@pytest.mark.parametrize(
    "text",
    [
        "Ich rieche kein Gas, aber die Therme springt nicht an.",
        "Es brennt nicht und es riecht auch nicht nach Gas, nur die Therme ist aus.",
        "Weder Rauch noch Feuer, nur der Melder piept.",
        "I can't smell any gas but the boiler is off.",
        "No sign of fire, just the smoke detector beeping because of the battery.",
        "Hier riecht niemand Gas, es geht nur um die Rechnung.",
        "This is not an emergency: the tap is dripping.",
        "Kein Notfall, aber der Wasserhahn in der Küche tropft.",
        "Nicht dringend: im Aufzug flackert das Licht.",
    ],
)
def test_what_is_denied_or_can_wait_is_not_feared(judge: Judge, text: str) -> None:
    assert not judge.view("", text.encode())["emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "Ist bestimmt kein Notfall, aber im Keller zischt es und es riecht nach Gas.",
        "Ihr Kollege sagte, das sei kein Notfall, aber das Wasser läuft durch die Decke.",
        "Es brennt im Keller, niemand ist verletzt.",
        "Nein, das geht nicht. Feuer im Keller!",
        "Kein Gas im ganzen Haus, alle Wohnungen kalt.",
        "Kein Wasser im ganzen Haus.",
        "Es brennt nicht nur im Keller, auch im Flur.",
        "Es riecht nicht nur nach Gas, mir ist auch schwindelig.",
        "Das Licht geht nicht mehr, Rauch kommt aus der Dose.",
        "Das Licht geht nicht und Rauch kommt aus der Dose.",
        "Ohne Vorwarnung Rohrbruch im Bad, es läuft!",
        "Wir haben keine Heizung, es riecht nach Gas.",
        "Bitte nicht anrufen, sondern sofort kommen: Gasgeruch!",
        "Nicht zu glauben, Feuer im Müllraum!",
        "Feuer ist nicht gelöscht!",
        "I can't turn it off, water is flooding the kitchen.",
        "The lights do not work, smoke is coming out of the socket.",
        "Es brennt nicht nur im Keller, sondern auch im Treppenhaus!",
        "Es riecht nicht stark nach Gas, aber man merkt es.",
        "Kein Fehlalarm, es brennt wirklich!",
        "Das ist kein Probealarm, es brennt im Keller.",
        "Das ist keine Übung, es riecht nach Gas.",
        "Rohrbruch im Bad, der Rest eilt nicht!",
        "Die Klingel ist nicht eilig, aber wir haben einen Rohrbruch im Bad!",
        "This is not a drill, there is a fire in the cellar.",
    ],
)
def test_an_emergency_is_seen_beside_a_denial(judge: Judge, text: str) -> None:
    assert judge.view("", text.encode())["emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "Stimmt es, dass man bei Gasgeruch kein Licht anmachen darf?",
        "In der Zeitung stand etwas von einem Brand im Keller, gibt es bei uns Feuerlöscher?",
        "Ich habe im Traum Gas gerochen. Wann ist die Wartung der Therme?",
        "Nur noch bis Sonntag 30 % Rabatt auf alle Rauchmelder und CO-Warner!",
        "I read in the paper that a balcony collapsed. Do ours get inspected?",
        "Suppose the power fails in the entire house for a day, does the garage door open by hand?",
    ],
)
def test_what_is_only_thought_of_read_about_or_sold_is_not_feared(judge: Judge, text: str) -> None:
    assert not judge.view("", text.encode())["emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "Falls noch jemand da ist: Wasser läuft durch die Decke!",
        "Falls Sie das lesen, bei uns läuft gerade Wasser durch die Decke.",
        "Der Hahn wurde repariert, und es läuft schon wieder Wasser durch die Decke.",
        "The pipe was fixed last Monday and water is pouring through the ceiling again.",
        "Das Baugerüst hat sich gelöst und droht auf die Straße zu stürzen.",
    ],
)
def test_what_happens_now_is_seen_beside_what_was_repaired_or_thought_of(judge: Judge, text: str) -> None:
    assert judge.view("", text.encode())["emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "In der Zeitung las ich von einem Brand, und bei uns im Keller qualmt es auch.",
        "I suppose there is a gas leak in the basement, it smells awful.",
        "I suppose you are asleep but there is smoke coming out of the fuse box and it's getting worse.",
        "There is a fire in the paper container next to the bicycle room.",
        "The wet patch turned out to be a burst pipe, the kitchen is flooding.",
        "Es stellte sich heraus, dass jemand im Aufzug festsitzt, seit einer Stunde.",
        "Was machen wir, wenn das Wasser weiter so aus der Wand schießt?",
        "Wie verhalte ich mich, bei mir in der Wohnung riecht es stark nach Gas?",
        "Just curious who is on duty tonight because there is smoke in the stairwell.",
        "Falls Sie da sind, bei uns läuft jetzt Wasser durch die Decke.",
        "Stimmt es, dass niemand kommt, obwohl wir im Aufzug eingeschlossen sind?",
        "Der Aufzug wurde gestern repariert, jetzt stecken wieder Leute drin.",
        "Power is back, now there is smoke coming from the fuse box.",
    ],
)
def test_what_happens_here_is_seen_in_the_same_sentence_as_what_is_imagined_or_over(
    judge: Judge, text: str
) -> None:
    assert judge.view("", text.encode())["emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "The smell of gas turned out to be a forgotten egg.",
        "Es hat sich herausgestellt, dass der Gasgeruch nur vom Lack kam.",
        "Suppose there is a fire at night, who do we call?",
        "Falls es brennt und wir nicht da sind, wer hat einen Schlüssel?",
        "In case the power fails and we smell gas, who do we call?",
        "The leak under the sink was fixed, thanks again for your quick help with the flooding!",
        "The burst pipe has been repaired and the water is running again.",
    ],
)
def test_what_turned_out_to_be_nothing_is_supposed_or_runs_again_is_not_feared(
    judge: Judge, text: str
) -> None:
    assert not judge.view("", text.encode())["emergency"]
