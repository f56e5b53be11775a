from mailroute.message.clean import clean_header, clean_text


def test_a_header_value_loses_line_breaks_controls_and_bidi_marks() -> None:
    assert clean_header("Hallo\r\nBcc: opfer@x.example", 100) == "Hallo Bcc: opfer@x.example"
    assert clean_header("a\x00b\x1b[31mc\u202ed\ufeffe\u00adf\U000e0041", 100) == "ab[31mcdef"
    assert clean_header("Wohnung\u00a0 \t  7\u2028links", 100) == "Wohnung 7 links"


def test_a_header_value_keeps_what_a_person_can_see() -> None:
    assert clean_header("Küche – 14° €", 100) == "Küche – 14° €"
    assert clean_header("❤️ 漢字 \U0001f600", 100) == "❤️ 漢字 \U0001f600"


def test_a_header_value_is_cut_at_its_limit() -> None:
    assert clean_header("ä" * 50, 7) == "ä" * 7
    assert clean_header("abc def", 4) == "abc"
    assert clean_header("\u202e" * 30 + "abc", 4) == ""


def test_a_lone_surrogate_leaves_no_trace_in_a_header_and_a_mark_in_a_text() -> None:
    assert clean_header("a\udc80b", 9) == "ab"
    assert clean_text("a\udc80b") == "a\ufffdb"


def test_a_text_has_plain_newlines_and_no_invisible_characters() -> None:
    assert clean_text("a\r\nb\rc\x0cd\u2028e") == "a\nb\nc\nd\ne"
    assert clean_text("Max\u00adPlanck\u200b-\u202eStraße\x00\x07") == "MaxPlanck-Straße"
    assert clean_text("tab\tbleibt") == "tab\tbleibt"
