from mailroute.message.headers import split_head
from mailroute.model.limits import HEADER_BLOCK_BYTES, HEADER_FIELD_BYTES, HEADER_FIELDS


def names_of(content: bytes) -> list[str]:
    return [one.name for one in split_head(content).fields]


def test_fields_are_unfolded_and_the_body_begins_behind_the_blank_line() -> None:
    content = b"From: a@b.example\r\nSubject: Heizung\r\n\tkalt\r\n\r\nText\r\n"
    head = split_head(content)
    assert head.first("subject") == b"Heizung\tkalt"
    assert content[head.body_at :] == b"Text\r\n"
    assert head.defects == ()


def test_an_mbox_separator_and_blank_lines_on_top_are_no_fields() -> None:
    assert names_of(b"From x@y Sat Nov 22 10:00:00 2025\nFrom: a@b\nTo: c@d\n\nText") == ["from", "to"]
    assert names_of(b"\r\n\r\nFrom: a@b\r\n\r\nText") == ["from"]


def test_a_mail_without_header_is_all_body() -> None:
    content = b"Hallo Frau Huber,\ndie Heizung ist kalt.\n"
    head = split_head(content)
    assert head.fields == ()
    assert content[head.body_at :] == content
    assert "header-missing" in head.defects


def test_blanks_before_the_colon_make_a_block_no_text() -> None:
    """RFC 5322 §4.5 allows them to old programs."""
    content = b"Subject : Heizung\n   \n kalt\nDate    : gestern\n\nText\n"
    head = split_head(content)
    assert (head.first("subject"), content[head.body_at :]) == (b"Heizung    kalt", b"Text\n")


def test_a_body_that_follows_without_a_blank_line_is_body() -> None:
    content = b"From: a@b.example\nSubject: x\nDas ist schon Text\nund das auch\nund das\nund das\n"
    head = split_head(content)
    assert content[head.body_at :].startswith(b"Das ist schon Text")
    assert head.defects == ("header-cut-short",)


def test_a_broken_line_between_fields_is_left_out() -> None:
    head = split_head(b"From: a@b.example\nkaputt\nTo: c@d.example\n\nText")
    assert [one.name for one in head.fields] == ["from", "to"]
    assert head.defects == ("header-line-odd",)


def test_a_line_of_blanks_is_no_end_of_the_header() -> None:
    """For us the header would end, for another program a second From would follow."""
    head = split_head(b"From: a@b.example\r\n \r\nFrom: c@d.example\r\n\r\nText")
    assert head.values("from") == [b"a@b.example", b"c@d.example"]


def test_bytes_that_two_programs_read_differently_are_noted() -> None:
    assert split_head(b"A: b\rFrom: x@y\r\nC: d\r\n\r\n").defects == ("header-bare-cr",)
    assert split_head(b"A: b\r\nC: d\nE: f\r\n\r\n").defects == ("header-mixed-line-ends",)
    assert split_head(b"A: b\0c\r\nC: d\r\n\r\n").defects == ("header-nul",)


def test_a_header_block_is_read_up_to_its_cap() -> None:
    head = split_head(b"From: a@b.example\n" + b"X-Fill: y\n" * HEADER_FIELDS + b"\nText")
    assert len(head.fields) == HEADER_FIELDS
    assert "header-fields-too-many" in head.defects
    long = b"From: a@b.example\n" + (b"X-Fill: " + b"y" * 990 + b"\n") * 70 + b"\nText"
    assert len(long) > HEADER_BLOCK_BYTES
    head = split_head(long)
    assert head.first("from") == b"a@b.example"
    assert long[head.body_at :] == b"Text"
    assert "header-block-too-long" in head.defects


def test_a_field_is_cut_at_its_cap_but_long_lists_of_recipients_stay() -> None:
    head = split_head(
        b"X: " + b"y" * (HEADER_FIELD_BYTES + 1) + b"\nTo: " + b"a@b.example, " * 1000 + b"\n\n"
    )
    assert len(head.first("x") or b"") == HEADER_FIELD_BYTES
    assert len(head.first("to") or b"") > HEADER_FIELD_BYTES
    assert head.defects == ("header-field-too-long",)


def test_a_field_at_its_cap_is_whole() -> None:
    assert split_head(b"X: " + b"y" * HEADER_FIELD_BYTES + b"\n\n").defects == ()
