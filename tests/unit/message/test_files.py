from mailroute.message.files import attachments_of
from mailroute.message.structure import read_mail


def multipart(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"


def related(image_head: bytes, html: bytes = b"<p>Hallo</p>", data: bytes = b"\x89PNG") -> bytes:
    return multipart(
        b"Content-Type: text/html\r\n\r\n" + html,
        b"Content-Type: image/png\r\n" + image_head + b"\r\n\r\n" + data,
    )


def is_inline(content: bytes) -> bool:
    (one,) = attachments_of(read_mail(content)[1])
    return one.inline


def test_a_picture_that_the_html_shows_is_inline_whatever_its_disposition() -> None:
    head = b"Content-Disposition: attachment; filename=a.png\r\nContent-ID: <A@b>"
    assert is_inline(related(head, b'<img src="cid:a@b">'))
    assert is_inline(related(head, b"<img src='cid:A%40b'>"))
    assert not is_inline(related(head, b"<img src='cid:other'>"))


def test_a_small_picture_named_as_outlook_names_logos_is_inline_and_a_photo_is_not() -> None:
    head = b"Content-Disposition: attachment; filename=image001.png"
    assert is_inline(related(head))
    assert not is_inline(related(head, data=b"x" * 100_000))
    assert not is_inline(related(b"Content-Disposition: attachment; filename=IMG_0815.png"))
