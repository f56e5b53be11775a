"""First lines as people write them, at a desk and on a phone, and what must be understood (issue: a ticket by mail).

`verb argument` is carried out, `? spelling` is shown as a preview and sent only on `senden`, `answer` goes to the
customer. Two mistakes are worse than all others: a command that reaches a customer, an answer that a verb eats.
"""

from __future__ import annotations

import pytest

from mailroute.model import command as c
from mailroute.routing.commands import parse_commands
from tests.support.deciding import RULESET, colleague, kinds, says, told

CARRIED_OUT = """
annehmen | accept
Annehmen! | accept
ANNEHMEN | accept
annehmen. | accept
"annehmen" | accept
*Annehmen* | accept
bitte annehmen | accept
Annehmen bitte | accept
annehmen, danke | accept
annehmen 👍 | accept
✅ annehmen | accept
Hallo, annehmen. Gruß | accept
Hallo, annehmen. Gruß Petra | accept
Hallo zusammen, bitte annehmen. Viele Grüße, Petra Huber | accept
Guten Morgen, bitte annehmen, danke | accept
Moin annehmen | accept
Moin moin, annehmen | accept
ok annehmen | accept
Hi, accept | accept
accept please | accept
Please accept. Thanks! | accept
Accept. Best regards, Petra | accept
Hallo,⏎⏎annehmen⏎⏎Gruß⏎Petra | accept
Annehmen⏎⏎Von meinem iPhone gesendet | accept
Annehmen⏎⏎Gesendet mit der GMX Mail App | accept
Accept⏎⏎Get Outlook for iOS | accept
Accept⏎⏎Sent from my Galaxy | accept
annehmen⏎⏎Petra Huber⏎ABC Hausverwaltung GmbH⏎Tel. 089 123456 | accept
annehmen⏎LG Petra | accept
- annehmen | accept
übernehmen | take
Uebernehmen | take
UBERNEHMEN! | take
bitte übernehmen | take
take | take
ablehnen | reject
Ablehnen: nicht mein Haus | reject nicht mein Haus
ablehnen – nicht mein Haus | reject nicht mein Haus
Zurückweisen: falsche Liegenschaft | reject falsche Liegenschaft
zurueckweisen: falsch | reject falsch
reject: not my house | reject not my house
decline | reject
Decline - on holiday | reject on holiday
weiter an: Weber | assign Weber
weiter an Weber | assign Weber
Weiter an Frau Weber. | assign Frau Weber
weiter an Frau Weber, danke | assign Frau Weber
Bitte weiter an Weber | assign Weber
bitte weiter an: Hr. Weber | assign Hr. Weber
weiter an:Weber | assign Weber
Weiter an ： Weber | assign Weber
weiter an Huber, Petra | assign Huber, Petra
weiter an weber@abc-hausverwaltung.example | assign weber@abc-hausverwaltung.example
Weiterleiten an: Weber | assign Weber
weitergeben an Weber | assign Weber
/zuweisen weber | assign weber
zuweisen an Weber | assign Weber
assign weber | assign weber
assign to: Weber | assign Weber
Assign this to Weber please | assign Weber
Please assign it to Ms Weber | assign Ms Weber
Please forward to Weber | assign Weber
weiter an Weber, bitte heute noch | assign Weber; note bitte heute noch
weiter an: Weber, bitte prüfen | assign Weber; note bitte prüfen
weiter an: Weber⏎⏎Bitte prüfen, eilt. | assign Weber; note Bitte prüfen, eilt.
widerrufen | revoke
Widerrufen, bitte. | revoke
revoke | revoke
notiz: Mieter ruft morgen an | note Mieter ruft morgen an
NOTIZ: Mieter ruft an | note Mieter ruft an
Notiz - Mieter ruft an | note Mieter ruft an
Notiz – sagt danke | note sagt danke
Notiz: sagt danke | note sagt danke
note: calls tomorrow | note calls tomorrow
Hallo, Notiz: zahlt nächste Woche | note zahlt nächste Woche
Notiz:⏎erste Zeile⏎⏎zweite Zeile | note erste Zeile⏎⏎zweite Zeile
erledigt | close
Erledigt. | close
Erledigt! | close
erledigt ✅ | close
Erledigt, danke! | close
Erledigt. Danke und Gruß | close
erledigt: Dachrinne repariert | close Dachrinne repariert
erledigt – Dachrinne repariert | close Dachrinne repariert
close | close
Please close. | close
Close: paid | close paid
wieder öffnen | reopen
Wieder oeffnen! | reopen
wieder offnen | reopen
reopen please | reopen
senden | send
Senden! | send
bitte senden | send
Ok, senden. | send
send | send
hilfe | help
Hilfe! | help
HELP | help
rückgängig | undo
Rueckgaengig | undo
RÜCKGÄNGIG! | undo
bitte rückgängig | undo
undo | undo
STOPP! | undo
stop | undo
Frist Freitag | follow-up Freitag
frist: Freitag | follow-up Freitag
Frist bis Freitag 14 Uhr | follow-up bis Freitag 14 Uhr
frist morgen 14:30 | follow-up morgen 14:30
Frist 15.12. | follow-up 15.12
Frist 15.12.2028 | follow-up 15.12.2028
frist in 3 Tagen | follow-up in 3 Tagen
Wiedervorlage nächste Woche, danke | follow-up nächste Woche
bitte Wiedervorlage in zwei Wochen | follow-up in zwei Wochen
follow up next monday | follow-up next monday
Follow-up: in 2 weeks | follow-up in 2 weeks
typ: Heizung | type Heizung
Typ – Heizung | type Heizung
type: heating | type heating
objekt: Lindenweg 5 | property Lindenweg 5
Property: Lindenweg 5 | property Lindenweg 5
2 | pick 2
2. | pick 2
(2) | pick 2
#2 | pick 2
Nr. 2 | pick 2
Nummer 2 bitte | pick 2
bitte 2 | pick 2
die 2 | pick 2
number 2 please | pick 2
annehmen⏎frist Freitag | accept; follow-up Freitag
1. annehmen⏎2. notiz: Termin Freitag | accept; note Termin Freitag
annehmen⏎⏎typ: Heizung⏎⏎Viele Grüße | accept; type Heizung
Hallo,⏎annehmen⏎weiter an: Weber | accept; assign Weber
"""

SHOWN_FIRST = """
anehmen | annehmen
Annhemen! | annehmen
bitte anehmen | annehmen
Hallo,⏎anehmen⏎Gruß | annehmen
Hallo Herr Müller,⏎annehmen | annehmen
Hallo Herr Müller,⏎⏎erledgt. | erledigt
Ok | annehmen
👍 | annehmen
? | annehmen
angenommen | annehmen
Nehme ich an. | annehmen
nicht annehmen | annehmen
Annehmen und Frist Freitag | annehmen
Annehmen, aber erst nächste Woche | annehmen
annehmen: kann ich nicht | annehmen
Annehmen kann ich das nicht, weil der Aufzug nicht uns gehört. | annehmen
übernehme ich | übernehmen
Ich übernehme das | übernehmen
mach ich | übernehmen
Abgelehnt | ablehnen
ablehnen, nicht mein Haus | ablehnen
ablehnen nicht mein Haus | ablehnen
Nicht zuständig | ablehnen
Nicht zuständig, das Haus gehört der Nachbarfirma | ablehnen
bin nicht zuständig | ablehnen
Nicht meins. | ablehnen
Not my building, sorry | ablehnen
falsch zugeordnet | ablehnen
Weitr an Weber | weiter an
weiteran Weber | weiter an
weiter an der Sache | weiter an
weiter an die Kollegin | weiter an
weiter an: | weiter an: …
weitergeleitet an Weber | weiter an: Name
Bitte an Weber weiterleiten | weiter an: Name
Kollege Weber bitte übernehmen | übernehmen
Erledgt | erledigt
erledgt: Dachrinne repariert | erledigt
Erledigt, Rechnung folgt | erledigt
Erledigt. Die Dachrinne ist repariert. | erledigt
Danke, erledigt! | erledigt
Ja, erledigt. | erledigt
alles erledigt | erledigt
noch nicht erledigt | erledigt
Hat sich erledigt | erledigt
Ticket schließen | erledigt
Das Ticket bitte schließen | erledigt
Kann geschlossen werden | erledigt
fertig | erledigt
done | erledigt
close it please | close
close the ticket | close
Notiz | notiz: …
Notiz Mieter ruft an | notiz
Notitz Mieter ruft an | notiz: Text
Notitz: Mieter ruft an | notiz
note that he never pays | note
intern: der zahlt nie | notiz: Text
Intern – der zahlt nie | notiz: Text
nur intern, nicht an den Mieter | notiz: Text
FYI, he never pays | notiz: Text
Zur Info: zahlt nie | notiz: Text
Vermerk: zahlt nie | notiz: Text
Guten Tag Herr Müller,⏎⏎wir kommen morgen.⏎⏎notiz: zahlt schlecht | notiz
Guten Tag Herr Müller,⏎⏎wir kommen morgen.⏎⏎Erledigt | erledigt
Guten Tag Herr Müller,⏎⏎wir kommen morgen.⏎⏎weiter an: Weber | weiter an
Guten Tag Herr Müller,⏎⏎wir kommen morgen. Nur intern: er zahlt nicht. | notiz: Text
typ Heizung | typ
Objekt Lindenweg 5 | objekt
Frist Frietag | frist
frist | frist: …
Erinnere mich Freitag | frist: Freitag
remind me on monday | frist: Freitag
widerruf | widerrufen
Zurückholen | widerrufen
rückgängig machen | rückgängig
Nicht senden! | rückgängig
abschicken | senden
weber@firma.example | extern an:
an dach@firma.example | extern an:
Urlaub | abwesend 1.12.–14.12.
Abwesend bin ich bis Freitag | abwesend
Krank ist leider der Hausmeister. | krank
Guten Tag Herr Müller,⏎⏎die Firma kommt am 3.12.⏎⏎extern an: dach@firma.example | extern an
Zurück an Absender | zurück
"""

ANSWERS = """
Guten Tag Herr Müller,⏎⏎wir kommen morgen um 10 Uhr.⏎⏎Freundliche Grüße⏎Petra Huber
Sehr geehrter Herr Müller,⏎⏎annehmen können wir das nicht.
Hallo Herr Müller, der Dachdecker kommt am Freitag.
Dear Mr Miller,⏎⏎we will take care of it.⏎⏎Kind regards
Danke!
Danke, Herr Müller!
Vielen Dank für Ihre Nachricht, wir melden uns.
Ja
Nein
Ja, das stimmt.
Gerne.
Ich kümmere mich darum.
Wir kümmern uns.
Weiter an der Sache arbeitet Herr Weber, sobald er aus dem Urlaub zurück ist.
Weiter geht es am Montag.
Frist für die Ablesung ist der 3. Dezember.
Frist für die Ablesung ist Freitag.
Frist für die Zählerablesung ist der 3. Dezember, bitte halten Sie den Keller frei.
Fristgerecht eingegangen, danke.
Typ der Heizung ist Vaillant.
Typisch.
Objekt in der Lindenstraße wird saniert.
Objektbegehung ist am Freitag um 10 Uhr.
2 Handwerker kommen morgen.
10 Uhr passt.
+1
Hilfe kommt morgen um 9 Uhr.
Help is on the way.
Senden Sie uns bitte ein Foto.
Send us a photo please.
First we check the heating.
Die Sache ist erledigt.
Der Handwerker kommt am Freitag. Bitte annehmen.
Wir haben das weitergeleitet.
Bitte leiten Sie die Rechnung an uns weiter.
Den Termin können wir leider nicht annehmen.
Bitte das Wasser abstellen.
Öffnungszeiten sind Montag bis Freitag.
Termin: Freitag⏎Objekt: Lindenweg 5⏎Frist: 3. Dezember⏎Typ: Wartung
Der Schlüssel liegt beim Hausmeister.
We will send somebody tomorrow.
The plumber will take the lift.
Noch eine Frage: Seit wann tropft es?
Notar und Termin stehen noch nicht fest.
Extern wird das vergeben, wir melden uns.
"""

_VERBS: dict[type[object], str] = {
    c.Accept: "accept", c.Take: "take", c.Reject: "reject", c.Assign: "assign", c.Revoke: "revoke", c.Note: "note",
    c.Close: "close", c.Reopen: "reopen", c.CorrectType: "type", c.CorrectProperty: "property", c.Pick: "pick",
    c.FollowUp: "follow-up", c.Undo: "undo", c.Help: "help", c.Send: "send",
}  # fmt: skip


def _rows(table: str) -> list[tuple[str, str]]:
    rows = [line.partition(" | ")[::2] for line in table.strip().splitlines()]
    return [(said.replace("⏎", "\n"), meant.replace("⏎", "\n")) for said, meant in rows]


def _shown(command: c.Command) -> str:
    match command:
        case c.Reject(reason=argument) | c.Assign(name=argument) | c.FollowUp(when=argument):
            pass
        case c.Note(text=argument) | c.Close(text=argument):
            pass
        case c.CorrectType(name=argument) | c.CorrectProperty(name=argument):
            pass
        case c.Pick(number=number):
            argument = str(number)
        case _:
            argument = ""
    return f"{_VERBS[type(command)]} {argument}".strip()


@pytest.mark.parametrize(("said", "meant"), _rows(CARRIED_OUT))
def test_a_verb_is_understood_however_politely_it_is_said(said: str, meant: str) -> None:
    assert "; ".join(map(_shown, parse_commands(said, ()))) == meant


@pytest.mark.parametrize(("said", "meant"), _rows(SHOWN_FIRST))
def test_what_may_have_been_a_verb_or_for_the_house_is_shown_before_anything_leaves(
    said: str, meant: str
) -> None:
    [command] = parse_commands(said, ())
    assert isinstance(command, c.NearMiss)
    assert (command.did_you_mean, command.text) == (meant, said)


@pytest.mark.parametrize("said", [said for said, _ in _rows(ANSWERS)])
def test_no_verb_eats_an_ordinary_answer(said: str) -> None:
    assert parse_commands(said, ()) == (c.Answer(said),)


@pytest.mark.parametrize(
    "said", [said for said, _ in _rows(CARRIED_OUT + SHOWN_FIRST)] + ["Weber", "Bitte an Frau Weber", "Das macht Weber."]
)  # fmt: skip
def test_no_command_reaches_a_customer(said: str) -> None:
    """Whatever becomes of it: nobody outside is written to, and the draft waits for `senden`."""
    decision = says(colleague("schmidt"), said)
    assert {address for _, address in told(decision)} <= {one.id for one in RULESET.staff}
    assert "answered" not in kinds(decision)
