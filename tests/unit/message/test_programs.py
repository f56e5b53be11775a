"""Answers as the mail programs of the world write them: what stands below the answer is not new, all of the answer is."""

import pytest

from mailroute.message.parse import parse

ANSWER = "Guten Tag,\n\nDonnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel."
QUOTE = "Sehr geehrte Frau Vogel,\n\npasst Ihnen Donnerstag?\n\nIhre Hausverwaltung"
MARKED = "\n".join(("> " + line).rstrip() for line in QUOTE.split("\n"))
# What a program writes below an answer, to its last line.
BELOW = {
    "outlook de new desktop": "\n\n________________________________\nVon: Hausverwaltung Muster <service@firma.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: Petra Vogel <petra@mieter.example>\nBetreff: AW: Dachrinne\n\n"
    + QUOTE,
    "outlook de wichtigkeit": "\n\nVon: Hausverwaltung Muster <service@firma.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: Petra Vogel <petra@mieter.example>\nCc: Huber, Max <max@firma.example>; Meier, Eva\n<eva@firma.example>\nBetreff: AW: Dachrinne\nPriorität: Hoch\n\n"
    + QUOTE,
    "outlook mobile de": "\n\nOutlook für Android beziehen<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Hausverwaltung <service@firma.example>\nSent: Wednesday, November 5, 2025 4:20:11 PM\nTo: Petra Vogel <petra@mieter.example>\nSubject: Dachrinne\n\n"
    + QUOTE,
    "outlook ios de": "\n\nHolen Sie sich Outlook für iOS<https://aka.ms/o0ukef>\n________________________________\nVon: Hausverwaltung <service@firma.example>\nGesendet: Wednesday, November 5, 2025 4:20:11 PM\nAn: Petra Vogel <petra@mieter.example>\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "outlook ios de 2": "\n\nGesendet von Outlook für iOS<https://aka.ms/o0ukef>\n________________________________\nVon: Hausverwaltung <service@firma.example>\nGesendet: Mittwoch, November 5, 2025 4:20 PM\nAn: Petra Vogel <petra@mieter.example>\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "outlook for mac de": "\n\nVon: Hausverwaltung <service@firma.example>\nDatum: Mittwoch, 5. November 2025 um 16:20\nAn: Petra Vogel <petra@mieter.example>\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "outlook star bold": "\n\n*Von:* Hausverwaltung <service@firma.example>\n*Gesendet:* Mittwoch, 5. November 2025 16:20\n*An:* Petra Vogel <petra@mieter.example>\n*Betreff:* Dachrinne\n\n"
    + QUOTE,
    "outlook star bold2": "\n\n*Von: *Hausverwaltung <service@firma.example>\n*Gesendet: *Mittwoch, 5. November 2025 16:20\n*An: *Petra Vogel <petra@mieter.example>\n*Betreff: *Dachrinne\n\n"
    + QUOTE,
    "windows mail app": "\n\nGesendet von Mail für Windows\n\nVon: Hausverwaltung\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: petra@mieter.example\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "windows 10 mail": "\n\nVon meinem Windows Phone gesendet\n________________________________\nVon: Hausverwaltung<mailto:service@firma.example>\nGesendet: ‎05.‎11.‎2025 16:20\nAn: Petra Vogel<mailto:petra@mieter.example>\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "apple de": "\n\n> Am 05.11.2025 um 16:20 schrieb Hausverwaltung <service@firma.example>:\n> \n" + MARKED,
    "apple de iphone": "\n\nVon meinem iPhone gesendet\n\n> Am 05.11.2025 um 16:20 schrieb Hausverwaltung <service@firma.example>:\n> \n> \n"
    + MARKED,
    "apple de unmarked": "\n\nAm 05.11.2025 um 16:20 schrieb Hausverwaltung <service@firma.example>:\n\n"
    + QUOTE,
    "apple de old": "\n\nAm 05.11.2025 um 16:20 schrieb Hausverwaltung:\n\n" + MARKED,
    "apple de wrapped": "\n\nAm Mittwoch, 5. November 2025 um 16:20:31 Uhr MEZ hat Hausverwaltung Muster und Partner GmbH <\nservice@firma.example> Folgendes geschrieben:\n\n"
    + QUOTE,
    "yahoo de": "\n\n    Am Mittwoch, 5. November 2025 um 16:20:31 MEZ hat Hausverwaltung <service@firma.example> Folgendes geschrieben:  \n \n "
    + QUOTE,
    "yahoo android": "\n\nGesendet von Yahoo Mail auf Android \n \n  Am Mi., Nov. 5, 2025 at 16:20 schrieb Hausverwaltung<service@firma.example>:   "
    + QUOTE.replace("\n\n", "\n"),
    "yahoo en android": "\n\nSent from Yahoo Mail on Android \n \n  On Wed, Nov 5, 2025 at 16:20, Hausverwaltung<service@firma.example> wrote:   "
    + QUOTE.replace("\n\n", "\n"),
    "gmail de wrap": "\n\nAm Mi., 5. Nov. 2025 um 16:20 Uhr schrieb Hausverwaltung Muster und Partner <\nservice@firma.example>:\n\n"
    + MARKED,
    "gmail de android": "\n\nHausverwaltung Muster <service@firma.example> schrieb am Mi., 5. Nov. 2025, 16:20:\n\n"
    + MARKED,
    "gmail de android wrapped": "\n\nHausverwaltung Muster <service@firma.example> schrieb am Mi., 5. Nov.\n2025, 16:20:\n\n"
    + MARKED,
    "gmail en wrapped": "\n\nOn Wed, Nov 5, 2025 at 4:20 PM Hausverwaltung Muster und Partner GmbH <\nservice@firma.example> wrote:\n\n"
    + MARKED,
    "gmail en narrow nbsp": "\n\nOn Wed, Nov 5, 2025 at 4:20\u202fPM Hausverwaltung <service@firma.example>\nwrote:\n\n"
    + MARKED,
    "gmx de": '\n \n \n\nGesendet: Mittwoch, 05. November 2025 um 16:20 Uhr\nVon: "Hausverwaltung" <service@firma.example>\nAn: petra@mieter.example\nBetreff: Dachrinne\n'
    + QUOTE,
    "gmx 2024": "\n \n--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\n\nAm 05.11.25, 16:20 schrieb Hausverwaltung <service@firma.example>:\n\n"
    + QUOTE,
    "gmx app": "\n\n--\nGesendet mit der GMX Mail App\nAm 05.11.25, 16:20 schrieb Hausverwaltung <service@firma.example>:\n"
    + QUOTE,
    "web.de app": "\n\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit WEB.DE Mail gesendet.Am 05.11.2025, 16:20, Hausverwaltung <service@firma.example> schrieb:\n"
    + QUOTE,
    "web.de new": "\n\nGesendet mit WEB.DE Mail\n\n\nAm 05.11.25 um 16:20 schrieb Hausverwaltung\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "web.de": '\n\n\n*Gesendet:* Mittwoch, 05. November 2025 um 16:20 Uhr\n*Von:* "Hausverwaltung" <service@firma.example>\n*An:* petra@mieter.example\n*Betreff:* Dachrinne\n\n'
    + QUOTE,
    "t-online": '\n\n\n-----Original-Nachricht-----\n\nBetreff: Dachrinne\n\nDatum: 2025-11-05T16:20:00+0100\n\nVon: "Hausverwaltung" <service@firma.example>\n\nAn: "petra@mieter.example" <petra@mieter.example>\n\n\n\n'
    + QUOTE,
    "t-online app": "\n\nGesendet mit der Telekom Mail App\n\n--- Original-Nachricht ---\nVon: Hausverwaltung <service@firma.example>\nBetreff: Dachrinne\nDatum: 05.11.2025, 16:20 Uhr\nAn: petra@mieter.example\n\n"
    + QUOTE,
    "t-online app2": "\n\n\n-----Original-Nachricht-----\nVon: Hausverwaltung <service@firma.example>\nAn: petra@mieter.example\nDatum: Mittwoch, 5. November 2025 16:20\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "freenet": "\n\n--- Ursprüngliche Nachricht ---\nVon: Hausverwaltung <service@firma.example>\nDatum: 05.11.2025 16:20:11\nAn: petra@mieter.example\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "thunderbird de": "\n\nAm 05.11.2025 um 16:20 schrieb Hausverwaltung:\n" + MARKED,
    "thunderbird de old": "\n\nHausverwaltung schrieb:\n" + MARKED,
    "thunderbird de older": "\n\nAm 05.11.2025 16:20, schrieb Hausverwaltung:\n" + MARKED,
    "thunderbird en": "\n\nOn 05/11/2025 16:20, Hausverwaltung wrote:\n" + MARKED,
    "thunderbird en iso": "\n\nOn 2025-11-05 16:20, Hausverwaltung wrote:\n" + MARKED,
    "thunderbird forward-like": "\n\n-------- Original-Nachricht --------\nBetreff: \tDachrinne\nDatum: \tWed, 5 Nov 2025 16:20:11 +0100\nVon: \tHausverwaltung <service@firma.example>\nAn: \tpetra@mieter.example\n\n"
    + QUOTE,
    "samsung de": "\n\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Hausverwaltung <service@firma.example> \nDatum: 05.11.25  16:20  (GMT+01:00) \nAn: petra@mieter.example \nBetreff: Dachrinne \n\n"
    + QUOTE,
    "samsung de 2": "\n\nVon meinem/meiner Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Hausverwaltung <service@firma.example> \nDatum: 05.11.25 16:20 (GMT+01:00) \nAn: petra@mieter.example \nBetreff: Dachrinne \n\n"
    + QUOTE,
    "k9 de": "\n\nAm 5. November 2025 16:20:11 MEZ schrieb Hausverwaltung <service@firma.example>:\n>"
    + QUOTE.replace("\n", "\n>")
    + "\n\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "k9 en": "\n\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.",
    "k9 de old": "\n-- \nDiese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.\n\nHausverwaltung <service@firma.example> schrieb:\n>"
    + QUOTE.replace("\n", "\n>"),
    "em client de": '\n\n------ Originalnachricht ------\nVon: "Hausverwaltung" <service@firma.example>\nAn: petra@mieter.example\nGesendet: 05.11.2025 16:20:11\nBetreff: Dachrinne\n\n'
    + QUOTE,
    "em client de 9": '\n\n------ Originalnachricht ------\nVon "Hausverwaltung" <service@firma.example>\nAn petra@mieter.example\nDatum 05.11.2025 16:20:11\nBetreff Dachrinne\n\n'
    + QUOTE,
    "em client en 9": '\n\n------ Original Message ------\nFrom "Hausverwaltung" <service@firma.example>\nTo petra@mieter.example\nDate 05/11/2025 16:20:11\nSubject Dachrinne\n\n'
    + QUOTE,
    "bluemail de": "\n\nAm 5. Nov. 2025, um 16:20, Hausverwaltung <service@firma.example> schrieb:\n>"
    + QUOTE.replace("\n", "\n>"),
    "bluemail en": "\n\n⁣Get BlueMail for Android \u200b\n\nOn Nov 5, 2025, 16:20, at 16:20, Hausverwaltung <service@firma.example> wrote:\n>"
    + QUOTE.replace("\n", "\n>"),
    "spark de": "\n\nAm 5. Nov. 2025, 16:20 +0100 schrieb Hausverwaltung <service@firma.example>:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "spark en": "\n\nSent with Spark\nOn 5. Nov 2025 at 16:20 +0100, Hausverwaltung <service@firma.example>, wrote:\n> "
    + QUOTE.replace("\n", "\n> "),
    "notes de": "\n\n\n\nVon:    Hausverwaltung <service@firma.example>\nAn:     Petra Vogel <petra@mieter.example>\nDatum:  05.11.2025 16:20\nBetreff:        Dachrinne\n\n\n\n"
    + QUOTE,
    "notes de gesendet von": "\n\n\n\nVon:    Hausverwaltung/Firma/DE\nAn:     Petra Vogel/Firma/DE@Firma\nKopie:  Max Huber/Firma/DE@Firma\nDatum:  05.11.2025 16:20\nBetreff:        Dachrinne\nGesendet von:   Max Huber\n\n\n\n"
    + QUOTE,
    "notes en": "\n\n\n\nFrom:   Hausverwaltung/Firma/DE\nTo:     Petra Vogel/Firma/DE@Firma\nDate:   05.11.2025 16:20\nSubject:        Dachrinne\n\n\n\n"
    + QUOTE,
    "notes -----": '\n\n-----"Hausverwaltung" <service@firma.example> schrieb: -----\nAn: petra@mieter.example\nVon: "Hausverwaltung" <service@firma.example>\nDatum: 05.11.2025 16:20\nBetreff: Dachrinne\n\n'
    + QUOTE,
    "notes ----- en": '\n\n-----"Hausverwaltung" <service@firma.example> wrote: -----\nTo: petra@mieter.example\nFrom: "Hausverwaltung" <service@firma.example>\nDate: 05/11/2025 04:20PM\nSubject: Dachrinne\n\n'
    + QUOTE,
    "notes inline": "\n\nHausverwaltung <service@firma.example> schrieb am 05.11.2025 16:20:11:\n\n" + MARKED,
    "notes table": "\n\n|---------+---------------------------->\n|         |           Hausverwaltung   |\n|         |           <service@firma.ex|\n|---------+---------------------------->\n"
    + MARKED,
    "zoho de": "\n\n\n---- Am Mi., 05 Nov. 2025 16:20:11 +0100 Hausverwaltung <service@firma.example> schrieb ----\n\n"
    + QUOTE,
    "zoho en": "\n\nSent using Zoho Mail\n\n\n\n---- On Wed, 05 Nov 2025 16:20:11 +0100 Hausverwaltung <service@firma.example> wrote ---\n\n"
    + QUOTE,
    "zoho app": "\n\n\n---- Am Mi., 05 Nov. 2025 16:20:11 +0100 service@firma.example hat geschrieben ----\n\n"
    + QUOTE,
    "proton de": "\n\nGesendet mit [Proton Mail](https://proton.me/mail/home) sicherer E-Mail.\n\nAm Mittwoch, 5. November 2025 um 16:20, Hausverwaltung <service@firma.example> schrieb:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "proton en": "\n\nSent with [Proton Mail](https://proton.me/) secure email.\n\n------- Original Message -------\nOn Wednesday, November 5th, 2025 at 16:20, Hausverwaltung <service@firma.example> wrote:\n\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "proton old de": "\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nAm Mittwoch, 5. November 2025 16:20 schrieb Hausverwaltung <service@firma.example>:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "proton new de": "\n\n-------- Ursprüngliche Nachricht --------\nAm 05.11.25 um 16:20, Hausverwaltung schrieb:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "proton mobile": "\n\nVon Proton Mail Mobile gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nAm 05.11.25 16:20, Hausverwaltung schrieb:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "tutanota": "\n\n-- \n Gesichert mit Tuta Mail: \n https://tuta.com/de/free-email\n\n\n5. Nov. 2025, 16:20 von service@firma.example:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "mailbox.org ox": "\n\n> Hausverwaltung <service@firma.example> hat am 05.11.2025 16:20 CET geschrieben:\n> \n>  \n"
    + MARKED,
    "ox 1und1": "\n\nHausverwaltung <service@firma.example> hat am 5. November 2025 um 16:20 geschrieben:\n\n"
    + MARKED,
    "roundcube de": "\n\nAm 2025-11-05 16:20, schrieb Hausverwaltung:\n" + MARKED,
    "roundcube de2": "\n\nAm 05.11.2025 16:20 schrieb Hausverwaltung:\n" + MARKED,
    "horde": "\n\n\nZitat von Hausverwaltung <service@firma.example>:\n\n" + MARKED,
    "squirrelmail": "\n\n> Sehr geehrte Frau Vogel,\n> passt Ihnen Donnerstag?",
    "mutt": "\n\nOn Wed, Nov 05, 2025 at 04:20:11PM +0100, Hausverwaltung wrote:\n" + MARKED,
    "mutt de": "\n\n* Hausverwaltung <service@firma.example> [2025-11-05 16:20]:\n" + MARKED,
    "kmail de": "\n\nAm Mittwoch, 5. November 2025, 16:20:11 CET schrieb Hausverwaltung:\n" + MARKED,
    "evolution de": "\n\nAm Mittwoch, dem 05.11.2025 um 16:20 +0100 schrieb Hausverwaltung:\n" + MARKED,
    "evolution en": "\n\nOn Wed, 2025-11-05 at 16:20 +0100, Hausverwaltung wrote:\n" + MARKED,
    "zimbra de": '\n\n\nVon: "Hausverwaltung" <service@firma.example> \nAn: "Petra Vogel" <petra@mieter.example> \nGesendet: Mittwoch, 5. November 2025 16:20:11 \nBetreff: Dachrinne \n\n'
    + QUOTE,
    "groupwise": "\n\n>>> Hausverwaltung <service@firma.example> 05.11.2025 16:20 >>>\n" + QUOTE,
    "groupwise de": '\n\n>>> "Hausverwaltung" <service@firma.example> schrieb am 05.11.2025 um 16:20 in Nachricht\n<690B7A9B020000A1000F2B5C@gw.firma.example>:\n'
    + QUOTE,
    "icloud web": "\n\nAm 5. Nov. 2025 um 16:20 schrieb Hausverwaltung <service@firma.example>:\n\n\n"
    + QUOTE,
    "sogo": "\n\nAm Mittwoch, November 05, 2025 16:20 CET, schrieb Hausverwaltung <service@firma.example>:\n \n"
    + QUOTE,
    "sogo2": "\n\nAm Mittwoch, 5. November 2025 16:20 CET, hat Hausverwaltung <service@firma.example> geschrieben:\n \n"
    + QUOTE,
    "nine": "\n\nVon meinem Mobilgerät gesendet\n\n---------- Originalnachricht ----------\nVon: Hausverwaltung <service@firma.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: petra@mieter.example\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "fairemail": "\n\n05.11.2025 16:20:11 Hausverwaltung <service@firma.example>:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "hotmail old": "\n\n> Date: Wed, 5 Nov 2025 16:20:11 +0100\n> From: service@firma.example\n> To: petra@mieter.example\n> Subject: Dachrinne\n> \n"
    + MARKED,
    "hotmail older": "\n\nDate: Wed, 5 Nov 2025 16:20:11 +0100\nFrom: service@firma.example\nTo: petra@mieter.example\nSubject: Dachrinne\n\n"
    + QUOTE,
    "hotmail from": "\n\nFrom: service@firma.example\nTo: petra@mieter.example\nSubject: Dachrinne\nDate: Wed, 5 Nov 2025 16:20:11 +0100\n\n"
    + QUOTE,
    "aol": "\n\n\n-----Ursprüngliche Mitteilung----- \nVon: Hausverwaltung <service@firma.example>\nAn: petra@mieter.example\nVerschickt: Mi, 5. Nov 2025 16:20\nBetreff: Dachrinne\n\n"
    + QUOTE,
    "aol en": "\n\n\n-----Original Message-----\nFrom: Hausverwaltung <service@firma.example>\nTo: petra <petra@mieter.example>\nSent: Wed, Nov 5, 2025 4:20 pm\nSubject: Dachrinne\n\n"
    + QUOTE,
    "vodafone/arcor": "\n\n----- Original Nachricht ----\nVon:     Hausverwaltung <service@firma.example>\nAn:      petra@mieter.example\nDatum:   05.11.2025 16:20\nBetreff: Dachrinne\n\n"
    + MARKED,
    "outlook express": '\n\n----- Original Message ----- \nFrom: "Hausverwaltung" <service@firma.example>\nTo: <petra@mieter.example>\nSent: Wednesday, November 05, 2025 4:20 PM\nSubject: Dachrinne\n\n\n'
    + MARKED,
    "the bat": "\n\n> passt Ihnen Donnerstag?\n\n\n-- \nPetra Vogel mailto:petra@mieter.example",
    "windows live mail": "\n\nFrom: Hausverwaltung \nSent: Wednesday, November 05, 2025 4:20 PM\nTo: petra@mieter.example \nSubject: Dachrinne\n\n"
    + QUOTE,
    "teams/wetransfer reply-above": "\n\n##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##\n\n"
    + QUOTE,
    "zendesk en above": "\n\n##- Please type your reply above this line -##\n\n" + QUOTE,
    "fr outlook": "\n\nDe : Gérance <service@firma.example>\nEnvoyé : mercredi 5 novembre 2025 16:20\nÀ : petra@mieter.example\nObjet : Gouttière\n\n"
    + QUOTE,
    "fr apple": "\n\nEnvoyé de mon iPhone\n\n> Le 5 nov. 2025 à 16:20, Gérance <service@firma.example> a écrit :\n> \n"
    + MARKED,
    "fr gmail wrap": "\n\nLe mer. 5 nov. 2025 à 16:20, Gérance des immeubles du Rhin <\nservice@firma.example> a écrit :\n\n"
    + MARKED,
    "fr yahoo": "\n\n    Le mercredi 5 novembre 2025 à 16:20:11 UTC+1, Gérance <service@firma.example> a écrit :  \n \n "
    + QUOTE,
    "fr orange": '\n\n> Message du 05/11/25 16:20\n> De : "Gérance" <service@firma.example>\n> A : petra@mieter.example\n> Copie à : \n> Objet : Gouttière\n> \n'
    + MARKED,
    "it outlook": "\n\nDa: Ufficio <service@firma.example>\nInviato: mercoledì 5 novembre 2025 16:20\nA: petra@mieter.example\nOggetto: Grondaia\n\n"
    + QUOTE,
    "it apple": "\n\nInviato da iPhone\n\n> Il giorno 5 nov 2025, alle ore 16:20, Ufficio <service@firma.example> ha scritto:\n> \n"
    + MARKED,
    "it gmail": "\n\nIl giorno mer 5 nov 2025 alle ore 16:20 Ufficio <service@firma.example>\nha scritto:\n\n"
    + MARKED,
    "pl outlook": "\n\nOd: Biuro <service@firma.example>\nWysłane: środa, 5 listopada 2025 16:20\nDo: petra@mieter.example\nTemat: Rynna\n\n"
    + QUOTE,
    "pl gmail": "\n\nśr., 5 lis 2025 o 16:20 Biuro <service@firma.example> napisał(a):\n\n" + MARKED,
    "pl apple": "\n\nWysłane z iPhone'a\n\n> Wiadomość napisana przez Biuro <service@firma.example> w dniu 05.11.2025, o godz. 16:20:\n> \n"
    + MARKED,
    "pl onet": "\n\nW dniu 2025-11-05 16:20:11 użytkownik Biuro <service@firma.example> napisał:\n\n"
    + MARKED,
    "pl o2": "\n\nDnia 5 listopada 2025 16:20 Biuro &lt;service@firma.example&gt; napisał(a):\n\n" + QUOTE,
    "tr outlook": "\n\nKimden: Ofis <service@firma.example>\nGönderildi: 5 Kasım 2025 Çarşamba 16:20\nKime: petra@mieter.example\nKonu: Oluk\n\n"
    + QUOTE,
    "tr outlook date": "\n\nGönderen: Ofis <service@firma.example>\nGönderme Tarihi: 5 Kasım 2025 Çarşamba 16:20\nKime: petra@mieter.example\nKonu: Oluk\n\n"
    + QUOTE,
    "tr gmail": "\n\nOfis <service@firma.example>, 5 Kas 2025 Çar, 16:20 tarihinde şunu yazdı:\n\n" + MARKED,
    "tr apple": "\n\niPhone'umdan gönderildi\n\n> Ofis <service@firma.example> şunları yazdı (5 Kas 2025 16:20):\n> \n"
    + MARKED,
    "tr yahoo": "\n\n 5 Kasım 2025 Çarşamba 16:20:11 GMT+3 tarihinde, Ofis <service@firma.example> şunu yazdı: \n \n "
    + QUOTE,
    "en apple": "\n\nSent from my iPad\n\n> On 5 Nov 2025, at 16:20, Hausverwaltung <service@firma.example> wrote:\n> \n"
    + MARKED,
    "en apple nbsp": "\n\nOn 5 Nov 2025, at 16:20, Hausverwaltung <service@firma.example> wrote:\n\n\n"
    + QUOTE,
    "en aquamail": "\n\nSent with AquaMail for Android\nhttps://www.mobisystems.com/aqua-mail\n\n\nOn November 5, 2025 16:20:11 Hausverwaltung <service@firma.example> wrote:\n\n> "
    + QUOTE.replace("\n", "\n> "),
    "en front": "\n\nOn November 5, 2025 at 4:20 PM GMT+1 service@firma.example wrote:\n\n" + QUOTE,
    "fastmail": "\n\nOn Wed, 5 Nov 2025, at 4:20 PM, Hausverwaltung wrote:\n" + MARKED,
    "superhuman": "\n\nSent via Superhuman ( https://sprh.mn/?vip=x )\n\nOn Wed, Nov 05, 2025 at 4:20 PM, Hausverwaltung < service@firma.example > wrote:\n\n>\n"
    + MARKED,
    "ru gmail": "\n\nср, 5 нояб. 2025 г. в 16:20, Офис <service@firma.example>:\n\n" + MARKED,
    "ru mail.ru": "\n\nСреда, 5 ноября 2025, 16:20 +03:00 от Офис <service@firma.example>:\n\n" + QUOTE,
    "uk gmail": "\n\nср, 5 лист. 2025 р. о 16:20 Офіс <service@firma.example> пише:\n\n" + MARKED,
    "es gmail": "\n\nEl mié, 5 nov 2025 a las 16:20, Oficina (<service@firma.example>) escribió:\n\n"
    + MARKED,
    "ro gmail": "\n\nmie., 5 nov. 2025, 16:20 Birou <service@firma.example> a scris:\n\n" + MARKED,
    "nl gmail": "\n\nOp wo 5 nov 2025 om 16:20 schreef Kantoor <service@firma.example>:\n\n" + MARKED,
    "hu": "\n\nHivatal <service@firma.example> ezt írta (időpont: 2025. nov. 5., Sze, 16:20):\n\n" + MARKED,
    "cs gmail": "\n\nst 5. 11. 2025 v 16:20 odesílatel Kancelář <service@firma.example> napsal:\n\n" + MARKED,
    "hr gmail": "\n\nsri, 5. stu 2025. u 16:20 Ured <service@firma.example> napisao je:\n\n" + MARKED,
    "bg gmail": "\n\nНа ср, 5.11.2025 г. в 16:20 Офис <service@firma.example> написа:\n\n" + MARKED,
    "el": "\n\nΣτις Τετ 5 Νοε 2025 στις 4:20 μ.μ., ο χρήστης Γραφείο <service@firma.example> έγραψε:\n\n"
    + MARKED,
    "pt": "\n\nEm qua., 5 de nov. de 2025 às 16:20, Escritório <service@firma.example> escreveu:\n\n"
    + MARKED,
}


def new_text_of(text: str, head: str) -> str:
    mail = f"From: petra@mieter.example\n{head}Content-Type: text/plain; charset=utf-8\n\n{text}"
    return parse(mail.encode()).new_text


@pytest.mark.parametrize("program", BELOW)
@pytest.mark.parametrize(
    "head", ["Subject: AW: Dachrinne\nIn-Reply-To: <1@firma.example>\n", "Subject: Dachrinne\n"]
)
def test_the_quote_below_an_answer_is_not_new(program: str, head: str) -> None:
    assert new_text_of(ANSWER + BELOW[program], head) == ANSWER


SIGNATURES = {
    "kind regards": "\n\nMit freundlichen Grüßen\n\nPetra Vogel\n\nVogel & Partner GmbH | Geschäftsführerin: Petra Vogel\nMusterstraße 1 | 80331 München\nTel.: +49 89 123456 | Fax: +49 89 123457\nwww.vogel.example\nAmtsgericht München HRB 12345",
    "i.A.": "\n\nMit freundlichem Gruß\ni. A. Petra Vogel\nSachbearbeiterin",
    "frdl": "\n\nFreundliche Grüße\nPetra Vogel",
    "beste": "\n\nBeste Grüße\nP. Vogel",
    "MfG": "\n\nMfG,\nPetra Vogel",
    "sig tel only": "\n\n--\nPetra Vogel · 0170 1234567",
    "underscores": "\n\n______________________\nPetra Vogel\nMusterstr. 1\n80331 München\nTel. 089 123456",
    "best regards de sig": "\n\nViele liebe Grüße\nPetra",
    "gruesse swiss": "\n\nFreundliche Grüsse\nPetra Vogel",
    "gruss swiss": "\n\nMit freundlichen Grüssen\nPetra Vogel",
    "gruss": "\n\nGruss, P. Vogel",
    "lg": "\n\nlg petra",
    "LG multi": "\n\nLG\nPetra Vogel\nWohnung 12",
    "mit den besten": "\n\nMit den besten Grüßen\nPetra Vogel",
    "schöne tag": "\n\nEinen schönen Tag wünscht\nPetra Vogel",
    "disclaimer de": "\n\nMit freundlichen Grüßen\nPetra Vogel\n\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail. Das unerlaubte Kopieren sowie die unbefugte Weitergabe dieser Mail ist nicht gestattet.",
    "disclaimer de2": "\n\nHinweis: Diese Nachricht ist vertraulich und nur für den Empfänger bestimmt. Sollten Sie nicht der Empfänger sein, löschen Sie sie bitte.",
    "disclaimer de3": "\n\nDatenschutzhinweis: Informationen zur Verarbeitung Ihrer Daten finden Sie unter www.vogel.example/datenschutz",
    "disclaimer de4": "\n\nWichtiger Hinweis: Der Inhalt dieser E-Mail ist vertraulich.\nFalls Sie nicht der angegebene Empfänger sind, benachrichtigen Sie uns bitte.",
    "disclaimer de5": "\n\nDiese E-Mail könnte vertrauliche und/oder rechtlich geschützte Informationen enthalten.\nWenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender.",
    "disclaimer en": "\n\nThis e-mail and any attachments are confidential and may be privileged. If you are not the intended recipient, please notify the sender.",
    "disclaimer en2": "\n\nThe information contained in this e-mail is intended only for the person to whom it is addressed and may contain confidential material.",
    "disclaimer en3": "\n\nCONFIDENTIALITY NOTICE: This message is for the intended recipient only.",
    "avast": "\n\n-- \nDiese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.\nwww.avast.com",
    "avast2": "\n\n---\nDiese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.\nhttps://www.avast.com/antivirus",
    "avast3": "\n\n<https://www.avast.com/sig-email?utm_medium=email> Virenfrei. www.avast.com\n<#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>",
    "virenfrei": "\n\nVirenfrei.www.avast.com",
    "virus-free": "\n\nVirus-free.www.avast.com",
    "umwelt": "\n\nBitte prüfen Sie der Umwelt zuliebe, ob der Ausdruck dieser Mail erforderlich ist.",
    "umwelt2": "\n\nP Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.",
    "umwelt3": "\n\nDenken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken!",
    "iphone de": "\n\nVon meinem iPhone gesendet",
    "ipad de": "\n\nVon meinem iPad gesendet",
    "iphone fehler": "\n\nVon meinem iPhone gesendet. Tippfehler bitte ich zu entschuldigen.",
    "unterwegs": "\n\nVon unterwegs gesendet",
    "mobil": "\n\nMobil gesendet",
    "handy": "\n\nVon meinem Handy gesendet",
    "huawei": "\n\nVon meinem Huawei-Mobiltelefon gesendet",
    "xiaomi": "\n\nGesendet von meinem Xiaomi-Handy",
    "android k9": "\n\nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "gmx app": "\n\n--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    "webde": "\n\nGesendet mit der WEB.DE Mail App",
    "ms": "\n\nGesendet mit Outlook für Android",
    "yahoo iphone": "\n\nVon Yahoo Mail auf dem iPhone gesendet",
    "yahoo2": "\n\nGesendet von Yahoo Mail für iPhone",
    "yahoo search": "\n\nYahoo Mail: Suchen, organisieren, erobern",
    "yahoo search en": "\n\nYahoo Mail: Search, organize, conquer",
    "bb": "\n\nGesendet von meinem BlackBerry 10-Smartphone.",
    "fr": "\n\nEnvoyé de mon iPhone",
    "fr2": "\n\nEnvoyé depuis mon appareil Galaxy",
    "fr3": "\n\nTélécharger Outlook pour iOS",
    "it": "\n\nInviato da iPhone",
    "it2": "\n\nInviato dal mio dispositivo Galaxy",
    "it3": "\n\nScarica Outlook per Android",
    "pl": "\n\nWysłano z iPhone'a",
    "pl2": "\n\nWysłane z mojego iPhone'a",
    "pl3": "\n\nPobierz aplikację Outlook dla systemu Android",
    "tr": "\n\niPhone'umdan gönderildi",
    "tr2": "\n\nAndroid için Outlook uygulamasını edinin",
    "tr3": "\n\nSamsung Galaxy akıllı telefonumdan gönderildi.",
    "es": "\n\nEnviado desde mi iPhone",
    "nl": "\n\nVerstuurd vanaf mijn iPhone",
    "ru": "\n\nОтправлено с iPhone",
    "uk": "\n\nНадіслано з iPhone",
    "cz": "\n\nOdesláno z iPhonu",
    "hu": "\n\nAz iPhone készülékemről küldve",
    "ro": "\n\nTrimis de pe iPhone",
    "hr": "\n\nPoslano s mog iPhonea",
    "da": "\n\nSendt fra min iPhone",
    "sv": "\n\nSkickat från min iPhone",
    "pt": "\n\nEnviado do meu iPhone",
    "en mailwin": "\n\nSent from Mail for Windows",
    "en mailwin10": "\n\nSent from Mail for Windows 10",
    "proton": "\n\nSent from Proton Mail for iOS",
    "proton2": "\n\nSent from Proton Mail Android",
    "kr": "\n\n---\nPetra Vogel\nTel. 0170 1234567",
    "mit gr wrapped": "\n\nMit freundlichen\nGrüßen\nPetra Vogel",
    "hash": "\n\n*Mit freundlichen Grüßen*\n*Petra Vogel*",
    "i.V.": "\n\nFreundliche Grüße\n\nAllianz Versicherung\nAgentur Vogel\ni. V. Petra Vogel\n\nAllianz Agentur Vogel, Musterstr. 1, 80331 München",
    "fr sig": "\n\nCordialement,\nPetra Vogel",
    "servus": "\n\nHerzliche Grüße aus der Eifel\nPetra Vogel",
    "gruss an alle": "\n\nSonnige Grüße\nPetra",
    "mbg": "\n\nm.b.G.\nPetra Vogel",
    "vg": "\n\nVG\nPetra Vogel",
    "bg": "\n\nBG, Petra",
    "vg2": "\n\nVg Petra",
    "mit lieben gruss": "\n\nMit lieben Grüßen, Petra und Max",
    "familie": "\n\nViele Grüße\nFamilie Vogel",
    "fam": "\n\nLiebe Grüße Familie Vogel",
    "hw zum datenschutz": "\n\nMit freundlichen Grüßen\nPetra Vogel\n\nUnsere Hinweise zum Datenschutz finden Sie hier: https://www.vogel.example/datenschutz",
    "gruß aus sig facebook": "\n\nMit freundlichen Grüßen\nPetra Vogel\n\nBesuchen Sie uns auf Facebook: https://facebook.com/vogel",
}


@pytest.mark.parametrize("kind", SIGNATURES)
def test_what_stands_below_every_mail_of_somebody_is_not_new(kind: str) -> None:
    assert new_text_of(ANSWER + SIGNATURES[kind], "") == ANSWER


SENTENCES = [
    "Von meinem Nachbarn wurde der Müll im Flur abgestellt.",
    "Gesendet wurde das Paket am Montag.",
    "Mit freundlichen Grüßen wurde ich abgewiesen, das ist doch keine Art.",
    "Bitte denken Sie an die Umwelt und stellen Sie die Heizung ab.",
    "Diese E-Mail ist schon die dritte, die ich schreibe.",
    "Hinweis: Der Keller steht unter Wasser.",
    "Viele Grüße an alle!\n\nUnd noch eine Frage: wann kommt der Ableser?",
    "--\nIch habe drei Punkte:\n1. Heizung\n2. Licht",
    "VG 12 ist der Name des Blocks, bitte dort klingeln.",
    "Liebe Grüße soll ich von Frau Meier ausrichten.",
    "Datenschutzhinweis: bitte schicken Sie mir den.",
    "Wichtiger Hinweis: das Tor klemmt.",
    "Meine Nummer: 0170 1234567",
    "Mobil bin ich unter 0170 123 erreichbar.",
    "Ich habe von Avast Antivirus gehört.",
    "Hausverwaltung schrieb: wir kommen Montag. Es kam niemand.",
    'Am 5.11.2025 um 10:00 schrieb Frau Huber an die Tür: "Bitte klingeln".',
    "Sie schrieben um 10:30 Uhr:\nWir kommen. Es kam keiner.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("head", ["Subject: Re: x\n", ""])
def test_a_sentence_that_looks_like_a_quote_or_a_signature_is_new(sentence: str, head: str) -> None:
    assert new_text_of(sentence, head) == sentence
