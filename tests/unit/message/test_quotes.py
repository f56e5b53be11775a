import pytest

from mailroute.message.quotes import new_text
from mailroute.model.marker import REPLY_MARKER

ANSWER = "Ja, das passt."

# Each introduces a quote below, as the program writes it.
INTRODUCTIONS = {
    "polish apple": "Wiadomość napisana przez Biuro <service@firma.example> w dniu 5 lis 2025, o godz. 16:20:",
    "french samsung": "-------- Message d'origine --------\nDe : Bureau <service@firma.example>\nDate : 05/11/2025 16:20 (GMT+01:00)\nÀ : m@b.example\nObjet : x",
    "italian samsung": "-------- Messaggio originale --------\nDa: Ufficio <service@firma.example>\nData: 05/11/25 16:20 (GMT+01:00)\nA: m@b.example\nOggetto: x",
    "polish samsung": "-------- Oryginalna wiadomość --------\nOd: Biuro <service@firma.example>\nData: 05.11.2025 16:20 (GMT+01:00)\nDo: m@b.example\nTemat: x",
    "turkish samsung": "-------- Orijinal mesaj --------\nKimden: Büro <service@firma.example>\nTarih: 5.11.2025 16:20 (GMT+03:00)\nAlıcı: m@b.example\nKonu: x",
    "french k-9": "Le 5 novembre 2025 16:20:33 GMT+01:00, Bureau <service@firma.example> a écrit :",
    "italian k-9": "Il 5 novembre 2025 16:20:33 CET, Ufficio <service@firma.example> ha scritto:",
    "turkish k-9": "5 Kasım 2025 Çarşamba 16:20:33 GMT+3 tarihinde Büro <service@firma.example> şunu yazdı:",
    "french outlook": "De : Bureau <service@firma.example>\nEnvoyé : mercredi 5 novembre 2025 16:20\nÀ : Müller\nObjet : Gouttière",
    "french gmail": "Le mer. 5 nov. 2025 à 16:20, Bureau <service@firma.example> a écrit :",
    "french thunderbird": "Le 05/11/2025 à 16:20, Bureau a écrit :",
    "french orange": "Message du : 05/11/2025 16:20\nDe : Bureau <service@firma.example>\nA : Müller\nCopie à : \nSujet : Gouttière",
    "french zimbra": "- Le 2025-11-05 16:20, Bureau a écrit :",
    "italian outlook": "Da: Ufficio <service@firma.example>\nInviato: mercoledì 5 novembre 2025 16:20\nA: Müller\nOggetto: Grondaia",
    "italian gmail": "Il giorno mer 5 nov 2025 alle ore 16:20 Ufficio <service@firma.example> ha scritto:",
    "italian thunderbird": "Il 05/11/2025 16:20, Ufficio ha scritto:",
    "italian yahoo": "Il mercoledì 5 novembre 2025 alle ore 16:20:00 CET, Ufficio <service@firma.example> ha scritto:",
    "polish outlook": "Od: Biuro <service@firma.example>\nWysłano: środa, 5 listopada 2025 16:20\nDo: Müller\nTemat: Rynna",
    "polish gmail": "śr., 5 lis 2025 o 16:20 Biuro <service@firma.example> napisał(a):",
    "polish thunderbird": "W dniu 5.11.2025 o 16:20, Biuro pisze:",
    "polish wp": "Dnia 5 listopada 2025 16:20 Biuro <service@firma.example> napisał(a):",
    "turkish outlook": "Kimden: Büro <service@firma.example>\nGönderildi: 5 Kasım 2025 Çarşamba 16:20\nKime: Müller\nKonu: Oluk",
    "turkish gmail": "Büro <service@firma.example>, 5 Kas 2025 Çar, 16:20 tarihinde şunu yazdı:",
    "turkish apple": "Büro <service@firma.example> şunları yazdı (5 Kas 2025 16:20):",
    "chinese outlook": "发件人: Office <service@firma.example>\n发送时间: 2025年11月5日 16:20\n收件人: Müller\n主题: x",
    "attribution over four lines": "On Nov 5, 2025,\nat 10:18,\nOffice of the house\n<service@firma.example> wrote:",
    "outlook": "Von: Hausverwaltung <service@firma.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: Müller\nBetreff: Dachrinne",
    "outlook english": "From: Office <service@firma.example>\nSent: Wednesday, November 5, 2025 4:20 PM\nTo: Müller\nSubject: Gutter",
    "outlook bold": "*Von:* Hausverwaltung\n*Gesendet:* 5.11.2025\n*An:* Müller\n*Betreff:* Dachrinne",
    "outlook with a line": "________________________________\nVon: Hausverwaltung\nGesendet: 5.11.2025\nAn: Müller\nBetreff: Dachrinne",
    "outlook many recipients": "Von: Hausverwaltung\nGesendet: 5.11.2025\nAn: a@b.example;\n c@d.example;\n e@f.example\nCc: g@h.example\nBetreff: x",
    "outlook 2003": "-----Ursprüngliche Nachricht-----\nVon: Hausverwaltung\nGesendet: 5.11.2025\nAn: Müller\nBetreff: Dachrinne",
    "outlook original": "-----Original Message-----\nFrom: Office\nSent: 5.11.2025\nTo: Müller\nSubject: x",
    "gmx": 'Gesendet: Samstag, 08. November 2025 um 17:45 Uhr\nVon: "Hausverwaltung" <service@firma.example>\nAn: m@b.example\nBetreff: x',
    "t-online": "-----Original-Nachricht-----\nBetreff: x\nDatum: 2025-11-20T16:00\nVon: Hausverwaltung\nAn: Müller",
    "thunderbird": "Am 08.11.25 um 17:45 schrieb Hausverwaltung:",
    "thunderbird english": "On 08/11/2025 17:45, Office <service@firma.example> wrote:",
    "gmail": "Am Sa., 8. Nov. 2025 um 17:45 Uhr schrieb Hausverwaltung <service@firma.example>:",
    "gmail wrapped": "Am Sa., 8. Nov. 2025 um 17:45 Uhr schrieb Hausverwaltung der Firma <\nservice@firma.example>:",
    "gmail english": "On Sat, Nov 8, 2025 at 5:45 PM Office <service@firma.example>\nwrote:",
    "apple mail": "Am 08.11.2025 um 17:45 schrieb Hausverwaltung <service@firma.example>:",
    "yahoo": "Hausverwaltung <service@firma.example> schrieb am 17:45 Samstag, 8.November 2025:",
    "samsung": "-------- Ursprüngliche Nachricht --------\nVon: Hausverwaltung <service@firma.example>\nDatum: 08.11.25 17:45 (GMT+01:00)\nAn: Müller\nBetreff: x",
    "k-9": "Am 8. November 2025 17:45:12 MEZ schrieb Hausverwaltung <service@firma.example>:",
    "zoho": "---- On Sat, 08 Nov 2025 17:45:12 +0100 Office <service@firma.example> wrote ----",
    "french": "Le sam. 8 nov. 2025 à 17:45, Bureau <service@firma.example> a écrit :",
    "marker": REPLY_MARKER,
    "marker of another width": "> " + REPLY_MARKER[:45],
}


@pytest.mark.parametrize("program", INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_what_a_program_quotes_below_an_answer_is_not_new(program: str, mark: str) -> None:
    quote = "\n".join(mark + line for line in ["Passt Ihnen Donnerstag?", "", "Ihre Hausverwaltung"])
    text = f"{ANSWER}\n\n{INTRODUCTIONS[program]}\n\n{quote}"
    assert new_text(text, True) == ANSWER
    assert new_text(text, False) == ANSWER


@pytest.mark.parametrize("program", INTRODUCTIONS)
def test_a_quote_that_is_marked_from_its_introduction_on_is_not_new(program: str) -> None:
    introduction = "\n".join("> " + line for line in INTRODUCTIONS[program].split("\n"))
    assert new_text(f"{ANSWER}\n\n{introduction}\n> \n> Passt Ihnen Donnerstag?", True) == ANSWER


def test_answers_between_quoted_lines_stay() -> None:
    text = "Hallo,\n\nAm 8.11.2025 um 17:45 schrieb Office:\n> Wann?\nMontag.\n\n> Wo?\n\nIm Keller.\n"
    assert new_text(text, True) == "Hallo,\n\nMontag.\n\nIm Keller."


def test_an_answer_below_the_quote_stays() -> None:
    assert (
        new_text("Am 8.11.2025 um 17:45 schrieb Office:\n> Wann?\n\nMontag um 10 Uhr.", True)
        == "Montag um 10 Uhr."
    )
    assert new_text("> Wann?\n\nMontag um 10 Uhr.", True) == "Montag um 10 Uhr."


def test_nothing_below_our_marker_is_new_even_if_it_is_not_quoted() -> None:
    text = f"annehmen\n\n{REPLY_MARKER}\n\nerledigt: das hat niemand gesagt"
    assert new_text(text, True) == "annehmen"
    assert new_text(f"Am 1.1.2025 um 10:00 schrieb a@b.example:\n\n{REPLY_MARKER}\n\nerledigt: x", True) == ""
    assert new_text(f"{REPLY_MARKER}\nerledigt: x", False) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Am Montag schrieb mir der Hausmeister: das Licht geht wieder.",
        "Am 12.11. schrieb mir der Hausmeister folgendes:\nDas Licht geht wieder, bitte prüfen Sie es um 10:00.",
        "Von: Köln\nNach: Berlin",
        "Bitte zahlen an: Müller\nBetreff: Miete",
        "Es sind 3 Dinge kaputt:\n- das Licht\n- die Tür",
        "Viele Grüße an Frau Huber, sie hat sehr geholfen!",
        "-----\nUnterstrichen\n-----",
        "Gruß",
    ],
)
def test_sentences_of_people_are_new(text: str) -> None:
    assert new_text(text, True) == text
    assert new_text(text, False) == text


def test_a_form_that_begins_with_fields_is_no_quote() -> None:
    text = "Von: Petra Vogel\nDatum: 22.11.2025\nBetreff: Heizung\n\nDie Heizung ist kalt."
    assert new_text(text, False) == text
    assert new_text(text, True) == ""


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nPetra Vogel\nWE 03",
        "--\nPetra Vogel",
        "Mit freundlichen Grüßen\nPetra Vogel\nMax-Planck-Str. 12\n80331 München\nTel. 0170 0000000",
        "Mit freundlichen Grüßen,\n\nPetra Vogel",
        "mfg\nVogel",
        "MfG Petra Vogel",
        "Viele Grüße\nPetra",
        "Beste Grüße aus München\nPetra",
        "Liebe Grüße, Petra",
        "LG Petra",
        "Mit besten Gruessen\nP. Vogel",
        "Hochachtungsvoll\nVogel",
        "Von meinem iPhone gesendet",
        "Sent from my iPhone",
        "Gesendet von Outlook für Android",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "Gesendet mit der GMX Mail App",
        "Get Outlook for iOS",
        "Viele Grüße\nPetra\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind,\nlöschen Sie sie.",
        "_____________________\nDer Inhalt dieser E-Mail ist vertraulich und ausschließlich für den Adressaten bestimmt.",
    ],
)
def test_signatures_taglines_and_disclaimers_are_not_new(signature: str) -> None:
    assert new_text(f"{ANSWER}\n\n{signature}", False) == ANSWER
    assert (
        new_text(f"{ANSWER}\n\n{signature}\n\nAm 8.11.2025 um 17:45 schrieb a@b.example:\n> alt", True)
        == ANSWER
    )


def test_what_people_write_below_their_name_is_new() -> None:
    text = f"{ANSWER}\n\nMfG\nVogel\n\nPS: Der Keller ist auch nass."
    assert new_text(text, False) == f"{ANSWER}\n\nPS: Der Keller ist auch nass."
    text = f"{ANSWER}\n\nMfG\nVogel\n\nÜbrigens tropft seit gestern auch der Hahn im Keller neben der Waschmaschine."
    assert new_text(text, False).endswith("neben der Waschmaschine.")


def test_a_mail_that_is_only_a_greeting_keeps_it() -> None:
    assert new_text("Viele Grüße\nPetra", False) == "Viele Grüße\nPetra"


def test_an_english_closing_stays_because_it_ends_answers_that_customers_get() -> None:
    assert new_text("It is done.\n\nBest regards\nJohn", False) == "It is done.\n\nBest regards\nJohn"


def test_the_footer_of_a_mailing_list_is_not_new() -> None:
    footer = "_______________________________________________\nhaus mailing list\nhaus@listen.example\nhttps://listen.example/mailman/listinfo/haus"
    assert new_text(f"{ANSWER}\n\n{footer}", False) == ANSWER


def test_the_end_of_a_quoted_line_that_was_wrapped_without_mark_is_quoted() -> None:
    quoted = "> Bitte sagen Sie uns, wann wir am Montag in die Wohnung dürfen, damit der\nHandwerker"
    text = quoted.replace("Handwerker", "handwerker kommen kann\n> Ihre Hausverwaltung")
    assert new_text(f"{ANSWER}\n\n{text}", True) == ANSWER


def test_an_answer_between_quoted_lines_is_new_even_in_lower_case() -> None:
    text = "> Wann dürfen wir am Montag in die Wohnung, damit der Handwerker kommt?\nab neun\n> Danke"
    assert new_text(text, True) == "ab neun"


def test_a_sentence_that_begins_like_a_tagline_is_new() -> None:
    assert new_text("Sent from my desk, it is easier than from my phone.", False).startswith("Sent")


@pytest.mark.parametrize(
    "line",
    [
        "Von meinem/meiner Galaxy gesendet", "Von Samsung Mobile gesendet", "Von Yahoo Mail auf Android gesendet",
        "Envoyé depuis mon appareil Galaxy", "Télécharger Outlook pour iOS", "Inviato dal mio Galaxy", "Wysłane z iPhone'a",
        "iPhone'umdan gönderildi", "Samsung Galaxy akıllı telefonumdan gönderildi.",
    ],
)  # fmt: skip
def test_a_tagline_of_a_telephone_is_not_new(line: str) -> None:
    assert new_text(f"{ANSWER}\n\n{line}", False) == ANSWER


@pytest.mark.parametrize("closing", ["Cordialement,", "Cordiali saluti", "Pozdrawiam", "Saygılarımla,"])
def test_a_signature_below_a_closing_of_another_language_is_not_new(closing: str) -> None:
    assert new_text(f"{ANSWER}\n\n{closing}\nMario Rossi", False) == ANSWER


@pytest.mark.parametrize(
    "introduction",
    [
        "* ABC Hausverwaltung <service+t10428.k7q3x9wmbz4p@firm.example> [2026-11-23 09:14]:",
        "Von: ABC Hausverwaltung <service+t10428.k7q3x9wmbz4p@firm.example>\nGesendet: Montag",
    ],
)
def test_an_introduction_in_no_known_form_takes_no_token_along(introduction: str) -> None:
    """An answer goes to the customer: with the colleague's reply address they could speak as the colleague."""
    assert new_text(f"{ANSWER}\n\n{introduction}\n\n> {REPLY_MARKER}\n> Guten Tag", True) == ANSWER


def test_the_tag_that_our_buttons_write_into_the_text_is_not_new() -> None:
    assert new_text(f"{ANSWER}\n\n[t10428.k7q3x9wmbz4p]", True) == ANSWER
    assert new_text(f"{ANSWER}\n\n[t10428.k7q3x9wmbz4p]", False) == ANSWER
