import pytest

from mailroute.message.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Sehr geehrte Damen und Herren, die Heizung ist ausgefallen.", "de"),
        ("Bitte um Rückruf", "de"),
        ("Küche", "de"),
        ("Dear Sir or Madam, the heating is broken.", "en"),
        ("Thanks!", "en"),
        ("4711", None),
        ("", None),
        ("Heizung", None),
        ("Bonjour, le chauffage ne marche plus.", None),
    ],
)
def test_the_language_is_german_english_or_unknown(text: str, language: str | None) -> None:
    assert language_of(text) == language
