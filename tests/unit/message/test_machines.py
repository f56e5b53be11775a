"""Letters of machines as they come in Germany, and letters of people that look like them."""

from datetime import date

import pytest

from mailroute.message.parse import parse
from mailroute.model.message import Message

# Kind, head, text. "machine" is any kind but a person or a bounce.
MACHINES = [
    (
        "auto-replied",
        "From: p@x.de\nSubject: Automatische Antwort: Heizung\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated",
        "Ich bin bis einschließlich 12.11.2025 nicht im Büro.",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Re: Heizung\nAuto-Submitted: auto-replied\nPrecedence: bulk",
        "I'm away",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Abwesenheitsnotiz Re: Heizung",
        "Ich bin vom 3. bis 14. November nicht da.",
    ),
    ("auto-replied", "From: p@x.de\nSubject: Abwesenheitsnotiz", "Ich bin nicht da."),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Ihre Nachricht an p@x.de: Abwesenheit",
        "Sehr geehrte Damen und Herren,\n\nvielen Dank für Ihre Nachricht. Ich bin bis zum 14.11.2025 nicht im Hause. Ihre Nachricht wird nicht weitergeleitet.",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: AW: Heizung",
        "Vielen Dank für Ihre E-Mail. Ich bin derzeit nicht im Büro und ab dem 17.11.2025 wieder erreichbar. Ihre E-Mail wird nicht weitergeleitet. In dringenden Fällen wenden Sie sich bitte an Frau Huber.",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Petra Vogel ist außer Haus (Rückkehr am 17.11.2025)",
        'Ich werde ab 03.11.2025 nicht im Büro sein. Ich kehre zurück am 17.11.2025.\n\nHinweis: Dies ist eine automatische Antwort auf Ihre Nachricht  "Heizung" gesendet am 05.11.2025 16:20:11.',
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: AUTO: Petra Vogel ist außer Haus (Rückkehr am 17.11.2025)",
        "Ich bin außer Haus bis 17.11.2025.\n\nHinweis: Dies ist eine automatische Antwort auf Ihre Nachricht",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: AUTO: Petra Vogel is out of the office (returning 11/17/2025)",
        "I am out of the office until 11/17/2025.\n\nNote: This is an automated response to your message",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Urlaub Re: Heizung\nPrecedence: bulk\nX-Mailer: Zimbra",
        "Ich bin im Urlaub",
    ),
    ("auto-replied", "From: p@x.de\nSubject: Autoreply: Heizung", "x"),
    ("auto-replied", "From: p@x.de\nSubject: Ich bin im Urlaub - Re: Heizung\nX-Autoreply: yes", "x"),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Urlaubsabwesenheit",
        "Vielen Dank für Ihre E-Mail. Ich bin im Urlaub und ab 17.11. wieder im Büro.",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Abwesenheit bis 17.11.2025",
        "Vielen Dank für Ihre Nachricht. Ich bin bis 17.11.2025 nicht erreichbar. Ihre E-Mail wird nicht weitergeleitet.",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Re: Heizung",
        "Dies ist eine automatisch generierte Antwort.\n\nIch bin bis 17.11. nicht erreichbar.",
    ),
    (
        "auto-replied",
        "From: p@x.de\nSubject: Heizung",
        "This is an automated reply. I will be out of the office until November 17.",
    ),
    # acks
    (
        "machine",
        "From: support@zammad.example\nSubject: [Ticket#10003] Heizung\nX-Zammad-Ticket-Id: 1\nAuto-Submitted: auto-replied\nX-Loop: yes",
        "Danke",
    ),
    (
        "machine",
        "From: support@otrs.example\nSubject: [Ticket#2025110510000012] RE: Heizung\nX-OTRS-Loop: support\nPrecedence: bulk\nAuto-Submitted: auto-generated",
        "Danke",
    ),
    (
        "machine",
        "From: support@x.freshdesk.com\nSubject: Ticket erhalten - Heizung\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated",
        "Danke",
    ),
    (
        "machine",
        "From: Support <support@x.zendesk.com>\nSubject: [Anfrage erhalten] Heizung\nX-Mailer: Zendesk Mailer\nX-Zendesk-From-Account-Id: 1\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All",
        "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##\n\nIhre Anfrage (123) wurde erhalten.",
    ),
    (
        "machine",
        "From: jira@x.atlassian.net\nSubject: HELP-12 Heizung\nPrecedence: bulk\nAuto-Submitted: auto-generated\nX-JIRA-FingerPrint: x",
        "Danke",
    ),
    (
        "machine",
        "From: noreply@casavi.example\nSubject: Neue Nachricht von Petra Vogel",
        "Sie haben eine neue Nachricht",
    ),
    (
        "machine",
        "From: portal@verwaltung.example\nSubject: Ihre Anfrage ist eingegangen",
        "Vielen Dank für Ihre Anfrage. Dies ist eine automatisch generierte E-Mail. Bitte antworten Sie nicht auf diese E-Mail.",
    ),
    (
        "machine",
        "From: service@versicherung.example\nSubject: Eingangsbestätigung",
        "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Wir bearbeiten sie so schnell wie möglich.\n\nDiese E-Mail wurde automatisch erstellt. Bitte antworten Sie nicht darauf.",
    ),
    (
        "machine",
        "From: info@stadtwerke.example\nSubject: Automatische Empfangsbestätigung",
        "Ihre E-Mail ist bei uns eingegangen.",
    ),
    (
        "machine",
        "From: info@stadtwerke.example\nSubject: Ihre E-Mail an die Stadtwerke",
        "Dies ist eine automatische Empfangsbestätigung. Ihre E-Mail ist bei uns eingegangen.",
    ),
    (
        "machine",
        "From: scanner@firma.example\nSubject: Gescanntes Dokument",
        "Diese E-Mail wurde von RNP0026737A1B2C gesendet (Aficio MP C3001).\n\nScandatum: 05.11.2025",
    ),
    (
        "list",
        "From: news@shop.example\nSubject: Unser Newsletter\nList-Unsubscribe: <https://x>\nPrecedence: bulk",
        "Angebote",
    ),
    (
        "list",
        "From: news@shop.example\nSubject: Newsletter Nov\nFeedback-ID: 1:2:x\nX-Mailer: Mailchimp",
        "Angebote\n\nNewsletter abbestellen: https://x",
    ),
    (
        "list",
        "From: news@shop.example\nSubject: Angebote im November\nX-CSA-Complaints: csa-complaints@eco.de\nX-Mailer: CleverReach",
        "Angebote\n\nSie erhalten diesen Newsletter, weil Sie sich angemeldet haben. Abmelden: https://x",
    ),
    (
        "report",
        "From: p@x.de\nSubject: Gelesen: Heizung\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b",
        "--b\n\nIhre Nachricht wurde gelesen\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--",
    ),
    (
        "report",
        "From: p@x.de\nSubject: Empfangsbestätigung (angezeigt) - Heizung\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b",
        "--b\n\nx\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--",
    ),
    (
        "report",
        "From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\nContent-Type: message/rfc822",
        "From: a@b\n\nx",
    ),
    (
        "report",
        "From: abuse@t-online.de\nSubject: Spam report\nContent-Type: multipart/report; report-type=feedback-report; boundary=b",
        "--b\n\nx\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--",
    ),
]

# Head, text, who was not reached.
BOUNCES = [
    (
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firma.example>\nSubject: Unzustellbar: Heizung\nAuto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr: ",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\npetra@mieter.example\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.",
        "petra@mieter.example",
    ),
    (
        "From: postmaster@firma.example\nSubject: Unzustellbar: Heizung",
        "Fehler bei der Zustellung an folgende Empfänger oder Verteilerlisten:\n\npetra@mieter.example<mailto:petra@mieter.example>\nDas Postfach des Empfängers ist voll.",
        "petra@mieter.example",
    ),
    (
        "From: postmaster@outlook.example\nSubject: Undeliverable: Heizung",
        "Your message to petra@mieter.example couldn't be delivered.\n\npetra wasn't found at mieter.example.",
        "petra@mieter.example",
    ),
    (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nAuto-Submitted: auto-replied\nX-Failed-Recipients: petra@mieter.example",
        "** Adresse nicht gefunden **\n\nIhre Nachricht wurde nicht an petra@mieter.example zugestellt, weil die Adresse nicht gefunden wurde",
        "petra@mieter.example",
    ),
    (
        "From: mailer-daemon@gmx.de\nSubject: Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address(es)\nfailed:\n\npetra@mieter.example:\nSMTP error from remote server for RCPT TO command, host: mx00.mieter.example (192.0.2.1) reason: 550 Requested action not taken: mailbox unavailable\n\n--- The header of the original message is following. ---\n\nReceived: from x",
        "petra@mieter.example",
    ),
    (
        "From: MAILER-DAEMON@t-online.de\nSubject: Zustellung fehlgeschlagen",
        "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n <petra@mieter.example> ... unknown user\n|------------------------- Message text follows: ------------------------|",
        "petra@mieter.example",
    ),
    (
        "From: MAILER-DAEMON@mailin.t-online.de\nSubject: Undelivered Mail Returned to Sender",
        "This is the mail system\n\n<petra@mieter.example>: host mx.mieter.example[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
        "petra@mieter.example",
    ),
    (
        "From: MAILER-DAEMON@qmail.example\nSubject: failure notice",
        "Hi. This is the qmail-send program at qmail.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<petra@mieter.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <x>",
        "petra@mieter.example",
    ),
    (
        "From: Mail Delivery System <Mailer-Daemon@exim.example>\nSubject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: petra@mieter.example\nAuto-Submitted: auto-replied",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  petra@mieter.example\n    Unrouteable address",
        "petra@mieter.example",
    ),
    (
        "From: Mail Delivery System <MAILER-DAEMON@barracuda.example>\nSubject: **Message you sent blocked by our bulk email filter**",
        "Your message to: petra@mieter.example\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\nSubject: Heizung",
        "petra@mieter.example",
    ),
    (
        "From: postmaster@proofpoint.example\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied",
        "Your message could not be delivered to the following recipients:\n\n<petra@mieter.example>: 550 5.1.1 User Unknown",
        "petra@mieter.example",
    ),
    (
        "From: Mail Delivery System <MAILER-DAEMON@mail.mailcow.example>\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied",
        "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n<petra@mieter.example>: host mx[192.0.2.1] said: 550 5.1.1\n    <petra@mieter.example>: Recipient address rejected: User unknown",
        "petra@mieter.example",
    ),
    (
        "From: Mail Delivery System <MAILER-DAEMON@web.de>\nSubject: Ihre E-Mail konnte nicht zugestellt werden",
        "Leider konnte Ihre E-Mail an den folgenden Empfänger nicht zugestellt werden:\n\npetra@mieter.example\n\nGrund: Das Postfach ist voll.",
        "petra@mieter.example",
    ),
    (
        'From: "Mail Delivery System" <Mailer-Daemon@kundenserver.de>\nSubject: Mail delivery failed: returning message to sender',
        "This message was created automatically by mail delivery software.\n\nDie folgende(n) Adresse(n) sind nicht erreichbar:\n\n  petra@mieter.example\n",
        "petra@mieter.example",
    ),
    (
        "From: Postmaster <postmaster@sophos.example>\nSubject: Nachricht konnte nicht zugestellt werden",
        "Ihre Nachricht an petra@mieter.example wurde nicht zugestellt: 554 5.7.1 rejected",
        "petra@mieter.example",
    ),
    (
        "Return-Path: <>\nFrom: noreply@o365.example\nSubject: Zustellungsfehler",
        "Ihre Nachricht an <petra@mieter.example> konnte nicht zugestellt werden. 550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        "petra@mieter.example",
    ),
    (
        "From: System Administrator <postmaster@exch.example>\nSubject: Undeliverable:Heizung",
        "Your message\n\n  To:      petra@mieter.example\n  Subject: Heizung\n  Sent:    Wed, 5 Nov 2025 16:20:11 +0100\n\ndid not reach the following recipient(s):\n\npetra@mieter.example on Wed, 5 Nov 2025 16:20:12 +0100\n    The e-mail account does not exist at the organization this message was sent to.",
        "petra@mieter.example",
    ),
    (
        "From: postmaster@firma.example\nSubject: Delivery Delayed: Heizung",
        "Delivery to the following recipients has been delayed.\n\n       petra@mieter.example",
        "petra@mieter.example",
    ),
]

# Head, text.
PEOPLE = [
    (
        "Subject: Abwesenheit",
        "Guten Tag, ich bin von Montag bis Freitag verreist. Bitte schicken Sie den Ableser danach.",
    ),
    (
        "Subject: Abwesenheit bis 17.11.2025",
        "Sehr geehrte Damen und Herren, ich bin bis 17.11. im Krankenhaus. Bitte verschieben Sie den Termin.",
    ),
    ("Subject: Urlaub", "Wir sind im Urlaub und ab 17.11. wieder zu Hause, bitte den Termin verschieben."),
    ("Subject: Paket unzustellbar", "Das Paket war unzustellbar, weil die Klingel kaputt ist."),
    ("Subject: Unzustellbar", "Der Brief an Herrn Meier kam als unzustellbar zurück. Wohnt er noch dort?"),
    ("Subject: Nachricht nicht zugestellt", "Ihre Nachricht wurde mir vom Nachbarn nicht zugestellt."),
    (
        "Subject: AW: Automatische Antwort: Heizung",
        "Wer vertritt Sie denn? Es ist kalt.\n\nVon: p@x.de\nGesendet: Montag, 3. November 2025 10:00\nAn: q\nBetreff: Automatische Antwort: Heizung\n\nDies ist eine automatische Antwort. Ich bin bis 17.11. nicht im Büro.",
    ),
    (
        "Subject: Re: Undelivered Mail Returned to Sender",
        "Meine Mail kam zurück:\n\n> <petra@mieter.example>: 550 5.1.1 User unknown",
    ),
    (
        "Subject: Mail kommt zurück",
        "Guten Tag, meine Mail an hausmeister@firma.example kommt zurück mit 550 5.1.1 User unknown. Was ist da los?",
    ),
    (
        "Subject: Fwd: Undelivered Mail Returned to Sender",
        "Diese Meldung bekomme ich immer.\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@x.de>\nDate: Mon, Nov 3, 2025 at 10:00 AM\nSubject: Undelivered Mail Returned to Sender\nTo: <petra@mieter.example>\n\n<hausmeister@firma.example>: 550 5.1.1 User unknown",
    ),
    ("Subject: Eingangsbestätigung", "Bitte bestätigen Sie mir den Eingang meiner Kündigung."),
    ("Subject: Ticket", "Ich habe ein Ticket für den Stellplatz bekommen, das ist falsch."),
    ("Subject: Read: the manual", "I read the manual of the heating and it does not work."),
    ("Subject: Gelesen - und nun?", "Ich habe Ihren Aushang gelesen. Was soll ich tun?"),
    ("Subject: Gelesen: Ihr Aushang im Flur", "Ich habe den Aushang gelesen und habe eine Frage dazu."),
    ("Subject: Lesebestätigung", "Bitte schicken Sie künftig eine Lesebestätigung."),
    ("Subject: Automatische Tür", "Die automatische Tür klemmt."),
    ("Subject: Newsletter abbestellen", "Bitte schicken Sie mir keinen Newsletter mehr."),
    (
        "Subject: Bitte nicht antworten",
        "Bitte antworten Sie nicht auf diese E-Mail, ich habe das Postfach bald nicht mehr. Rufen Sie an.",
    ),
    ("Subject: Schaden", "Diese E-Mail wurde von meinem Sohn geschrieben, ich kann nicht tippen."),
    ("Subject: Kündigung", "Diese Kündigung wurde maschinell erstellt und ist ohne Unterschrift gültig."),
    ("Subject: Vielen Dank für Ihre Nachricht", "Vielen Dank für Ihre Nachricht. Donnerstag passt mir."),
    ("Subject: Out of hot water", "We have been out of hot water since Monday, I am away from home all day."),
    ("Subject: Nicht im Büro erreichbar?", "Ich habe heute dreimal angerufen."),
    ("Subject: Failed heating", "The heating failed. Delivery of oil failed too."),
    ("Subject: Failed: Wasserzähler", "Der Zähler zeigt Failed an."),
    ("Subject: Rejected: my claim?", "Why was my claim rejected?"),
    ("Subject: Returned mail", "Someone returned mail for Mr Meier to my box. Please fix the letter boxes."),
    ("Subject: Returned mail: Nebenkosten", "Ihr Brief kam zurück, bitte neu senden."),
    ("Subject: Message not delivered", "Your message was not delivered to me, my neighbour got the letter."),
    (
        "Subject: Message could not be delivered",
        "The postman said the message could not be delivered to the recipient, because the letter box is broken.",
    ),
    ("Subject: Warning: water damage", "There is water."),
    (
        "Subject: Urlaubsmeldung",
        "Hiermit melde ich, dass wir vom 3. bis 14. November verreist sind. Der Schlüssel ist bei Frau Huber.",
    ),
    (
        "Subject: Abwesenheitsmeldung",
        "Hiermit melde ich, dass ich ab 3.11. verreist bin. Schlüssel bei Frau Huber.",
    ),
    ("Subject: Rückkehr am 17.11.", "Wir kehren zurück am 17.11., bitte heizen."),
    ("From: info@mieter.example\nSubject: x", "Text"),
    ("From: service@mieter.example\nSubject: x", "Text"),
    ("From: support@mieter.example\nSubject: x", "Text"),
    ("From: news@mieter.example\nSubject: x", "Text"),
    ("From: postmeister@mieter.example\nSubject: x", "Text"),
    ("From: rootes@mieter.example\nSubject: x", "Text"),
    ("From: cronenberg@mieter.example\nSubject: x", "Text"),
    ("From: noreplying@mieter.example\nSubject: x", "Text"),
]


def read(head: str, text: str) -> Message:
    sender = "" if "From:" in head else "From: petra@mieter.example\n"
    kind = "" if "Content-Type:" in head else "Content-Type: text/plain; charset=utf-8\n"
    date = "Date: Wed, 5 Nov 2025 16:20:11 +0100\n"
    return parse(f"{sender}{kind}{date}To: service@firma.example\n{head}\n\n{text}".encode())


@pytest.mark.parametrize(("kind", "head", "text"), MACHINES)
def test_a_letter_of_a_machine_is_known(kind: str, head: str, text: str) -> None:
    found = read(head, text).automatic.value
    assert found == kind or (kind == "machine" and found not in ("person", "bounce"))


@pytest.mark.parametrize(("head", "text", "recipient"), BOUNCES)
def test_a_bounce_is_known_and_names_who_was_not_reached(head: str, text: str, recipient: str) -> None:
    message = read(head, text)
    assert message.automatic.value == "bounce"
    assert message.bounce is not None
    assert [one.address for one in message.bounce.recipients] == [recipient]


@pytest.mark.parametrize(("head", "text"), PEOPLE)
def test_a_letter_of_a_person_stays_one(head: str, text: str) -> None:
    assert read(head, text).automatic.value == "person"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Ich bin bis einschließlich 12.11.2025 nicht im Büro.", None, date(2025, 11, 12)),
        ("Ich bin vom 3. bis 14. November nicht da.", date(2025, 11, 3), date(2025, 11, 14)),
        ("Ich bin in der Zeit vom 03.11. bis zum 14.11. im Urlaub.", date(2025, 11, 3), date(2025, 11, 14)),
        ("Ich bin erst ab dem 17.11.2025 wieder für Sie erreichbar.", None, date(2025, 11, 16)),
        (
            "Ich werde ab 03.11.2025 nicht im Büro sein. Ich kehre zurück am 17.11.2025.",
            date(2025, 11, 3),
            None,
        ),
        ("I am out of the office until November 17, 2025.", None, date(2025, 11, 17)),
        ("I will be back on Monday, 17 November.", None, date(2025, 11, 16)),
        ("Bin von Mo., 03.11.25 bis Fr., 14.11.25 außer Haus.", date(2025, 11, 3), date(2025, 11, 14)),
    ],
)
def test_an_absence_is_read_with_its_days(text: str, first: date | None, last: date | None) -> None:
    assert read("Subject: Abwesenheitsnotiz", text).away == (first, last)


def test_amazon_says_in_json_that_somebody_called_a_mail_spam() -> None:
    message = read(
        "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message",
        '{"notificationType":"Complaint"}',
    )
    assert message.automatic.value == "report"


def test_what_a_contact_form_passes_on_is_no_answer_of_a_machine() -> None:
    text = "Diese E-Mail wurde automatisch über das Kontaktformular erzeugt.\n\nName: Petra Vogel\nDie Heizung ist kalt."
    assert read("Subject: Kontaktformular", text).automatic.value == "person"


def test_an_english_footer_about_automation_asks_only_for_silence() -> None:
    """It stands below newsletters and letters of persons alike; no automatic letter follows, the mail stays theirs."""
    message = read(
        "Subject: Meter reading",
        "Please find the reading attached.\n\nThis e-mail was automatically generated.",
    )
    assert message.automatic.value == "person"
    assert "text-automatic" in message.signals


def test_a_form_that_a_newsletter_service_delivers_is_no_newsletter() -> None:
    head = "Subject: Anfrage\nX-Mailer: Brevo\nFeedback-ID: 1:2:3:Sendinblue"
    assert read(head, "Die Heizung ist kalt. Petra Vogel").automatic.value == "person"
