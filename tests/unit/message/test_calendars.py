import pytest

from mailroute.message.calendars import summary_of
from mailroute.message.parse import parse


def event(*lines: str, method: str = "REQUEST") -> str:
    return "\r\n".join(
        ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["SUMMARY:Ablesung", "DTSTART;TZID=Europe/Berlin:20251112T100000", "DTEND;TZID=Europe/Berlin:20251112T110000"],
         "Termin: Ablesung am 12.11.2025 von 10:00 bis 11:00 Uhr"),
        (["SUMMARY:Ablesung", "DTSTART:20251112T090000Z"], "Termin: Ablesung am 12.11.2025 um 10:00 Uhr"),
        (["SUMMARY:Urlaub", "DTSTART;VALUE=DATE:20250801"], "Termin: Urlaub am 01.08.2025"),
        (["SUMMARY:Treff\\, Hof\\nUnten", "DTSTART:20251112T090000Z", "LOCATION:Hof"],
         "Termin: Treff, Hof Unten am 12.11.2025 um 10:00 Uhr, Hof"),
        (["SUMMARY:Sehr lan", " ger Titel"], "Termin: Sehr langer Titel"),
        (["BEGIN:VALARM", "SUMMARY:Wecker", "END:VALARM", "SUMMARY:Treff"], "Termin: Treff"),
        (["SUMMARY:Quatsch", "DTSTART:20259999T999999Z"], "Termin: Quatsch"),
    ],
)  # fmt: skip
def test_an_invitation_is_told_in_one_line(lines: list[str], said: str) -> None:
    assert summary_of(event(*lines)) == said


def test_a_cancelled_event_says_so() -> None:
    assert summary_of(event("SUMMARY:Ablesung", method="CANCEL")) == "Termin abgesagt: Ablesung"


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR", "SUMMARY:x", "BEGIN:VEVENT\nEND:VEVENT"])
def test_what_holds_no_event_says_nothing(text: str) -> None:
    assert summary_of(text) == ""


def test_an_invitation_stands_below_the_text_and_stays_a_file() -> None:
    message = parse(
        (
            "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nKommen Sie?\n--b\n"
            "Content-Type: text/calendar; charset=utf-8\n\n" + event("SUMMARY:Ablesung") + "\n--b--\n"
        ).encode()
    )
    assert message.text == "Kommen Sie?\n\nTermin: Ablesung"
    assert [one.type for one in message.attachments] == ["text/calendar"]
    assert message.signals == ("calendar",)
