"""Answers in HTML as the mail programs of the world write them, also in languages of which we know no word."""

import pytest

from mailroute.message.parse import parse

ANSWER = "Guten Tag, Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel."
ANSWER_PARAGRAPHS = (
    "<p>Guten Tag,</p><p>Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.</p>"
)
ANSWER_LINES = "<div>Guten Tag,</div><div><br></div><div>Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.</div>"
QUOTE_HTML = "<p>Sehr geehrte Frau Vogel,</p><p>passt Ihnen Donnerstag?</p><p>Ihre Hausverwaltung</p>"
# Whole pages.
PAGES = {
    "gmail": '<div dir="ltr">'
    + ANSWER_LINES
    + '</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Am Mi., 5. Nov. 2025 um 16:20&nbsp;Uhr schrieb Hausverwaltung &lt;<a href="mailto:service@firma.example">service@firma.example</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
    + QUOTE_HTML
    + "</blockquote></div>",
    "gmail sig": '<div dir="ltr">'
    + ANSWER_LINES
    + '<div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">Petra Vogel<br>Musterstr. 1</div></div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Wed, Nov 5, 2025 at 4:20 PM Hausverwaltung &lt;<a href="mailto:service@firma.example">service@firma.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote">'
    + QUOTE_HTML
    + "</blockquote></div>",
    "gmail unknown language": '<div dir="ltr">'
    + ANSWER_LINES
    + '</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">V st 5. 11. 2025 o 16:20 Kancelaria napisal(a)<br></div><blockquote class="gmail_quote">'
    + QUOTE_HTML
    + "</blockquote></div>",
    "gmail android auto": '<div dir="auto">'
    + ANSWER_LINES
    + '</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Hausverwaltung &lt;<a href="mailto:service@firma.example">service@firma.example</a>&gt; schrieb am Mi., 5. Nov. 2025, 16:20:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">'
    + QUOTE_HTML
    + "</blockquote></div>",
    "outlook desktop": '<html><head><style>p.MsoNormal{}</style></head><body lang="DE"><div class="WordSection1"><p class="MsoNormal">Guten Tag,<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Hausverwaltung &lt;service@firma.example&gt; <br><b>Gesendet:</b> Mittwoch, 5. November 2025 16:20<br><b>An:</b> Petra Vogel &lt;petra@mieter.example&gt;<br><b>Betreff:</b> Dachrinne<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
    + QUOTE_HTML
    + "</div></body></html>",
    "owa": '<html><body><div class="elementToProof" style="font-family: Calibri">Guten Tag,</div><div class="elementToProof"><br></div><div class="elementToProof">Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000"><b>Von:</b> Hausverwaltung &lt;service@firma.example&gt;<br><b>Gesendet:</b> Mittwoch, 5. November 2025 16:20<br><b>An:</b> Petra Vogel &lt;petra@mieter.example&gt;<br><b>Betreff:</b> Dachrinne</font><div>&nbsp;</div></div><div>'
    + QUOTE_HTML
    + "</div></body></html>",
    "owa unknown language": '<html><body><div class="elementToProof">Guten Tag,</div><div class="elementToProof"><br></div><div class="elementToProof">Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>Kutoka:</b> Ofisi &lt;service@firma.example&gt;<br><b>Imetumwa:</b> Jumatano 5 Novemba 2025 16:20<br><b>Kwa:</b> Petra<br><b>Mada:</b> Dachrinne</font></div><div>'
    + QUOTE_HTML
    + "</div></body></html>",
    "outlook mobile": '<html><body><div dir="ltr">'
    + ANSWER_LINES
    + '</div><div id="ms-outlook-mobile-signature" dir="ltr">Holen Sie sich <a href="https://aka.ms/o0ukef">Outlook für iOS</a></div><div id="mail-editor-reference-message-container"><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>Von:</b> Hausverwaltung &lt;service@firma.example&gt;<br><b>Gesendet:</b> Mittwoch, November 5, 2025 4:20 PM<br><b>An:</b> Petra Vogel &lt;petra@mieter.example&gt;<br><b>Betreff:</b> Dachrinne</div>'
    + QUOTE_HTML
    + "</div></body></html>",
    "new outlook table": "<html><body><div>"
    + ANSWER_LINES
    + '</div><div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message skipProofing" style="padding: 3pt 0in 0in; border-width: 1pt medium medium; border-style: solid none none; border-color: rgb(181, 196, 223) currentcolor currentcolor;"><div style="text-align: left"><b>Von: </b>Hausverwaltung &lt;service@firma.example&gt;<br><b>Datum: </b>Mittwoch, 5. November 2025 um 16:20<br><b>An: </b>Petra Vogel &lt;petra@mieter.example&gt;<br><b>Betreff: </b>Dachrinne</div></div>'
    + QUOTE_HTML
    + "</div></body></html>",
    "apple iphone": '<html><head></head><body dir="auto">'
    + ANSWER_LINES
    + '<br><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 05.11.2025 um 16:20 schrieb Hausverwaltung &lt;service@firma.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff'
    + QUOTE_HTML
    + "</div></blockquote></body></html>",
    "apple mac": '<html><body style="word-wrap: break-word;">'
    + ANSWER_LINES
    + '<div><br><blockquote type="cite"><div>Am 05.11.2025 um 16:20 schrieb Hausverwaltung &lt;service@firma.example&gt;:</div><br class="Apple-interchange-newline"><div>'
    + QUOTE_HTML
    + "</div></blockquote></div><br></body></html>",
    "thunderbird": "<html><head></head><body>"
    + ANSWER_PARAGRAPHS
    + '<div class="moz-cite-prefix">Am 05.11.2025 um 16:20 schrieb Hausverwaltung:<br></div><blockquote type="cite" cite="mid:1@firma.example">'
    + QUOTE_HTML
    + "</blockquote><br></body></html>",
    "thunderbird unknown": "<html><head></head><body>"
    + ANSWER_PARAGRAPHS
    + '<div class="moz-cite-prefix">Mnamo 05/11/2025 16:20, Hausverwaltung aliandika:<br></div><blockquote type="cite" cite="mid:1@firma.example">'
    + QUOTE_HTML
    + "</blockquote><br></body></html>",
    "thunderbird sig": "<html><head></head><body>"
    + ANSWER_PARAGRAPHS
    + '<pre class="moz-signature" cols="72">-- \nPetra Vogel\nWE 3</pre><div class="moz-cite-prefix">Am 05.11.2025 um 16:20 schrieb Hausverwaltung:<br></div><blockquote type="cite">'
    + QUOTE_HTML
    + "</blockquote></body></html>",
    "yahoo": '<html><head></head><body><div class="ydp1yahoo-style-wrap" style="font-size:16px;"><div></div>'
    + ANSWER_LINES
    + '</div><div id="ydp2yahoo_quoted_123" class="ydp2yahoo_quoted"><div style="font-family:Helvetica"><div>Am Mittwoch, 5. November 2025 um 16:20:31 MEZ hat Hausverwaltung &lt;service@firma.example&gt; Folgendes geschrieben: </div><div><br></div><div>'
    + QUOTE_HTML
    + "</div></div></div></body></html>",
    "yahoo android": ANSWER_LINES
    + '<br><br><div id="ymail_android_signature"><a href="https://mail.onelink.me/x">Gesendet von Yahoo Mail auf Android</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> <div style="font-family:Roboto, sans-serif; color:#6D00F6;"> <div>Am Mi., Nov. 5, 2025 at 16:20 schrieb Hausverwaltung</div><div>&lt;service@firma.example&gt;:</div> </div> <div style="padding: 10px 0 0 20px; margin: 10px 0 0 0; border-left: 1px solid #6D00F6;">'
    + QUOTE_HTML
    + "</div> </blockquote>",
    "proton": '<div style="font-family: Arial">'
    + ANSWER_LINES
    + '</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Gesendet mit <a href="https://proton.me">Proton Mail</a> sicherer E-Mail.</div></div><div class="protonmail_quote">Am Mittwoch, 5. November 2025 um 16:20, Hausverwaltung &lt;service@firma.example&gt; schrieb:<br><blockquote class="protonmail_quote" type="cite">'
    + QUOTE_HTML
    + "</blockquote><br></div>",
    "gmx": '<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">'
    + ANSWER_LINES
    + '<div>&nbsp;<div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Mittwoch, 05. November 2025 um 16:20 Uhr<br/><b>Von:</b>&nbsp;&quot;Hausverwaltung&quot; &lt;service@firma.example&gt;<br/><b>An:</b>&nbsp;petra@mieter.example<br/><b>Betreff:</b>&nbsp;Dachrinne</div><div name="quoted-content">'
    + QUOTE_HTML
    + "</div></div></div></div></div></body></html>",
    "gmx new": '<html><body><div style="font-family: Verdana">'
    + ANSWER_LINES
    + '</div><div id="sub-body-container" style="margin: 10px 5px 5px 10px; padding: 10px 0px 10px 10px; border-left: 2px solid rgb(195, 217, 229);"><div style="margin: 0px 0px 10px;"><div><strong>Gesendet: </strong>Mittwoch, 5. November 2025 um 16:20</div><div><strong>Von: </strong>"Hausverwaltung" &lt;service@firma.example&gt;</div><div><strong>An: </strong>petra@mieter.example</div><div><strong>Betreff: </strong>Dachrinne</div></div><div>'
    + QUOTE_HTML
    + "</div></div></body></html>",
    "gmx app": "<html><body>"
    + ANSWER_LINES
    + '<br>--<br>Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.<br><br><div class="gmx_quote">Am 05.11.25, 16:20 schrieb Hausverwaltung &lt;service@firma.example&gt;:<blockquote class="gmail_quote" style="margin: 0 0 0 0.8ex;">'
    + QUOTE_HTML
    + "</blockquote></div></body></html>",
    "tonline": "<html><body><div>"
    + ANSWER_LINES
    + '</div><div>&nbsp;</div><div>-----Original-Nachricht-----</div><div>Betreff: Dachrinne</div><div>Datum: 2025-11-05T16:20:00+0100</div><div>Von: "Hausverwaltung" &lt;service@firma.example&gt;</div><div>An: "petra@mieter.example" &lt;petra@mieter.example&gt;</div><div>&nbsp;</div>'
    + QUOTE_HTML
    + "</body></html>",
    "samsung": '<html><body><div dir="auto">'
    + ANSWER_LINES
    + '</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757" dir="auto">Von meinem/meiner Galaxy gesendet</div></div><div dir="auto"><br></div><!-- originalMessage --><div><div>-------- Ursprüngliche Nachricht --------</div><div>Von: Hausverwaltung &lt;service@firma.example&gt; </div><div>Datum: 05.11.25  16:20  (GMT+01:00) </div><div>An: petra@mieter.example </div><div>Betreff: Dachrinne </div><div><br></div></div>'
    + QUOTE_HTML
    + "</body></html>",
    "k9": "<!DOCTYPE html><html><body>"
    + ANSWER_LINES
    + '<br><br>-- <br>Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.<br><br><div class="gmail_quote">Am 5. November 2025 16:20:11 MEZ schrieb Hausverwaltung &lt;service@firma.example&gt;:<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204);">'
    + QUOTE_HTML
    + "</blockquote></div></body></html>",
    "emclient": "<html><head></head><body>"
    + ANSWER_LINES
    + '<div><br></div><div>------ Originalnachricht ------</div><div>Von "Hausverwaltung" &lt;<a href="mailto:service@firma.example">service@firma.example</a>&gt;</div><div>An petra@mieter.example</div><div>Datum 05.11.2025 16:20:11</div><div>Betreff Dachrinne</div><div><br></div><div id="x"><blockquote cite="1@firma" type="cite" class="cite2">'
    + QUOTE_HTML
    + "</blockquote></div></body></html>",
    "bluemail": "<html><body>"
    + ANSWER_LINES
    + '<div><br></div><div class="blue_signature">Get <a href="https://bluemail.me">BlueMail for Android</a></div><div class="gmail_quote">Am 5. Nov. 2025, um 16:20, Hausverwaltung &lt;<a href="mailto:service@firma.example">service@firma.example</a>&gt; schrieb:<blockquote class="gmail_quote">'
    + QUOTE_HTML
    + "</blockquote></div></body></html>",
    "spark": '<html><body><div name="messageBodySection">'
    + ANSWER_LINES
    + '</div><div name="messageSignatureSection"><br>Gesendet mit Spark</div><div name="messageReplySection">Am 5. Nov. 2025, 16:20 +0100 schrieb Hausverwaltung &lt;service@firma.example&gt;:<br><blockquote type="cite" class="spark_quote" style="margin: 5px">'
    + QUOTE_HTML
    + "</blockquote></div></body></html>",
    "spark unknown": '<html><body><div name="messageBodySection">'
    + ANSWER_LINES
    + '</div><div name="messageReplySection">5.11.2025 klo 16.20 +0100, Toimisto:<br><blockquote type="cite" class="spark_quote">'
    + QUOTE_HTML
    + "</blockquote></div></body></html>",
    "zoho": '<div style="font-family: Verdana"><div>'
    + ANSWER_LINES
    + '</div><div><br></div><div id="Zm-_Id_-Sgn" data-sigid="1">Petra Vogel</div><div class="zmail_extra" data-zbluepencil-ignore="true"><br><div id="Zm-_Id_-Sgn1">---- Am Mi., 05 Nov. 2025 16:20:11 +0100 <b>Hausverwaltung &lt;service@firma.example&gt;</b> schrieb ----<br></div><br><blockquote style="margin: 0px;"><div>'
    + QUOTE_HTML
    + "</div></blockquote></div></div>",
    "notes": '<span style=" font-size:10pt;font-family:sans-serif">Guten Tag,</span><br><br><span style=" font-size:10pt">Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.</span><br><br><br><br><span style=" font-size:9pt;color:#5f5f5f">Von: &nbsp; &nbsp; &nbsp; &nbsp;</span><span style=" font-size:9pt">"Hausverwaltung" &lt;service@firma.example&gt;</span><br><span style=" font-size:9pt;color:#5f5f5f">An: &nbsp; &nbsp; &nbsp; &nbsp;</span><span>"Petra Vogel" &lt;petra@mieter.example&gt;</span><br><span>Datum: &nbsp; &nbsp; &nbsp; &nbsp;</span><span>05.11.2025 16:20</span><br><span>Betreff: &nbsp; &nbsp; &nbsp; &nbsp;</span><span>Dachrinne</span><br><hr noshade><br><br><br>'
    + QUOTE_HTML,
    "notes table": ANSWER_LINES
    + '<br><br><table><tr><td>Von:</td><td>"Hausverwaltung" &lt;service@firma.example&gt;</td></tr><tr><td>An:</td><td>Petra Vogel &lt;petra@mieter.example&gt;</td></tr><tr><td>Datum:</td><td>05.11.2025 16:20</td></tr><tr><td>Betreff:</td><td>Dachrinne</td></tr></table><hr>'
    + QUOTE_HTML,
    "ox": "<html><body><div>"
    + ANSWER_LINES
    + '</div><blockquote type="cite"><div>Hausverwaltung &lt;service@firma.example&gt; hat am 05.11.2025 16:20 CET geschrieben:</div><div><br></div>'
    + QUOTE_HTML
    + "</blockquote></body></html>",
    "tutanota": ANSWER_LINES
    + '<div><br></div><div><br></div><div>-- <br>Gesichert mit Tuta Mail: <br>https://tuta.com</div><div><br></div><div>5. Nov. 2025, 16:20 von service@firma.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8;">'
    + QUOTE_HTML
    + "</blockquote>",
    "zimbra": '<html><body><div style="font-family: arial">'
    + ANSWER_LINES
    + '<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;margin-left:5px;padding-left:5px;"><b>Von: </b>"Hausverwaltung" &lt;service@firma.example&gt;<br><b>An: </b>"Petra Vogel" &lt;petra@mieter.example&gt;<br><b>Gesendet: </b>Mittwoch, 5. November 2025 16:20:11<br><b>Betreff: </b>Dachrinne<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF;">'
    + QUOTE_HTML
    + "</blockquote></div></div></body></html>",
    "mailru": "<HTML><BODY>"
    + ANSWER_LINES
    + '<br><br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Среда, 5 ноября 2025, 16:20 +03:00 от Офис &lt;service@firma.example&gt;:<br><div id="">'
    + QUOTE_HTML
    + "</div></blockquote></BODY></HTML>",
    "hotmail": "<html><body>"
    + ANSWER_LINES
    + '<br><div><hr id="stopSpelling">Date: Wed, 5 Nov 2025 16:20:11 +0100<br>From: service@firma.example<br>To: petra@mieter.example<br>Subject: Dachrinne<br><br>'
    + QUOTE_HTML
    + "</div></body></html>",
    "icloud": "<html><body><div>"
    + ANSWER_LINES
    + '</div><div><br></div><div>Am 5. Nov. 2025 um 16:20 schrieb Hausverwaltung &lt;service@firma.example&gt;:<br><br></div><div><blockquote type="cite"><div>'
    + QUOTE_HTML
    + "</div></blockquote></div></body></html>",
    "freenet": ANSWER_LINES
    + "<br><br>--- Ursprüngliche Nachricht ---<br><b>Von:</b> Hausverwaltung &lt;service@firma.example&gt;<br><b>Datum:</b> 05.11.2025 16:20:11<br><b>An:</b> petra@mieter.example<br><b>Betreff:</b> Dachrinne<br><br>"
    + QUOTE_HTML,
    "windows mail": '<html><body lang=DE><div class=WordSection1><p class=MsoNormal>Guten Tag,</p><p class=MsoNormal>Donnerstag um 10 Uhr passt mir gut. Bitte klingeln Sie bei Vogel.</p><p class=MsoNormal>Gesendet von <a href="https://go.microsoft.com/fwlink/?LinkId=550986">Mail</a> für Windows</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b>Von: </b><a href="mailto:service@firma.example">Hausverwaltung</a><br><b>Gesendet: </b>Mittwoch, 5. November 2025 16:20<br><b>An: </b><a href="mailto:petra@mieter.example">Petra Vogel</a><br><b>Betreff: </b>Dachrinne</p></div>'
    + QUOTE_HTML
    + "</div></body></html>",
    "preheader hidden": '<div style="display:none;max-height:0">Versteckter Vorspann</div>'
    + ANSWER_PARAGRAPHS,
    "tracking pixel": ANSWER_PARAGRAPHS + '<img src="https://x.example/p.gif" width=1 height=1>',
}


@pytest.mark.parametrize("program", PAGES)
def test_only_the_answer_of_a_page_is_new(program: str) -> None:
    mail = f"From: petra@mieter.example\nSubject: AW: Dachrinne\nContent-Type: text/html; charset=utf-8\n\n{PAGES[program]}"
    message = parse(mail.encode())
    assert " ".join(message.new_text.split()) == ANSWER
    assert not any("\ue0f0" <= letter <= "\ue0f3" for letter in message.text)


def test_the_whole_text_keeps_what_a_program_added() -> None:
    text = parse(b"Content-Type: text/html\n\n" + PAGES["gmail sig"].encode()).text
    assert "Petra Vogel\nMusterstr. 1" in text
    assert (
        "On Wed, Nov 5, 2025 at 4:20 PM Hausverwaltung <service@firma.example> wrote:\n\n> Sehr geehrte"
        in text
    )


def test_what_a_program_marks_as_signature_says_who_wrote() -> None:
    for program in ("gmail sig", "thunderbird sig"):
        assert "Petra Vogel" in parse(b"Content-Type: text/html\n\n" + PAGES[program].encode()).signature


def test_an_answer_written_into_the_element_of_the_signature_is_new() -> None:
    """New Outlook leaves people writing there."""
    page = "<div id='Signature'>" + "<p>Die Heizung ist kalt.</p>" * 20 + "</div>"
    for html in (page, "<div id='Signature'>Die Heizung ist kalt.</div>"):
        assert "Die Heizung ist kalt." in parse(b"Content-Type: text/html\n\n" + html.encode()).new_text


def test_an_answer_between_the_quotes_of_a_page_is_new() -> None:
    page = "<p>Siehe unten.</p><div class=gmail_quote><blockquote class=gmail_quote>Wann?</blockquote><div>Montag.</div><blockquote class=gmail_quote>Wo?</blockquote><div>Im Keller.</div></div>"
    message = parse(b"Subject: Re: x\nContent-Type: text/html\n\n" + page.encode())
    assert message.new_text.split("\n\n") == ["Siehe unten.", "Montag.", "Im Keller."]


def test_marks_of_our_own_in_a_mail_mark_nothing() -> None:
    text = "Die \ue0f2Heizung\ue0f3 ist \ue0f0kalt\ue0f1."
    for kind in ("plain", "html"):
        mail = f"Content-Type: text/{kind}; charset=utf-8\n\n{text}".encode()
        assert parse(mail).new_text == "Die Heizung ist kalt."
