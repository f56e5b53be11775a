import pytest

from mailroute.message.parameters import file_name, media_type, read_parameters
from mailroute.model.limits import NAME_CHARS


@pytest.mark.parametrize(
    ("value", "main", "parameters"),
    [
        (b"text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (
            b'TEXT/Plain; Charset="utf-8" ; format=flowed',
            "text/plain",
            {"charset": "utf-8", "format": "flowed"},
        ),
        (b'multipart/mixed; boundary="a;b\\"c"', "multipart/mixed", {"boundary": 'a;b"c'}),
        (b"attachment; filename=Abrechnung 2025.pdf", "attachment", {"filename": "Abrechnung 2025.pdf"}),
        (b"attachment; filename*=utf-8''K%C3%BCche.pdf", "attachment", {"filename": "Küche.pdf"}),
        (
            b"attachment; filename*0=Ab; filename*1=rechnung; filename*2*=%C3%BC",
            "attachment",
            {"filename": "Abrechnungü"},
        ),
        (b"attachment; filename*1*=b; filename*0*=iso-8859-1'de'%FC", "attachment", {"filename": "üb"}),
        (b"a; filename*=kaputt%", "a", {"filename": "kaputt%"}),
        (b'a; x="ohne Ende', "a", {"x": "ohne Ende"}),
        (b'a; x="ohne Ende\\', "a", {"x": "ohne Ende"}),
        (b"text/plain; name*", "text/plain", {}),
        (b";;;; a=b;;", "", {"a": "b"}),
        (b"", "", {}),
    ],
)
def test_parameters_are_read_as_senders_write_them(
    value: bytes, main: str, parameters: dict[str, str]
) -> None:
    assert read_parameters(value) == (main, parameters)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "text/plain"),
        (b"text/html", "text/html"),
        (b"text", "text/plain"),
        (b"html", "text/html"),
        (b"/", "text/plain"),
        (b"text / html", "text/html"),
        (b"text/html (Kommentar); charset=x", "text/html"),
    ],
)
def test_a_media_type_is_always_one(value: bytes | None, expected: str) -> None:
    assert media_type(value)[0] == expected


@pytest.mark.parametrize(
    ("candidate", "name"),
    [
        ("=?utf-8?Q?K=C3=BCche.pdf?=", "Küche.pdf"),
        ("C:\\Ablage\\Rechnung.pdf", "Rechnung.pdf"),
        ("../../etc/passwd", "passwd"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_file_name_holds_no_folder_and_nothing_invisible(candidate: str, name: str) -> None:
    assert file_name(candidate) == name


def test_a_long_file_name_keeps_its_ending() -> None:
    name = file_name("x" * 500 + ".pdf")
    assert len(name) == NAME_CHARS
    assert name.endswith("x.pdf")
