"""Sender, subject, files and text of mails, against what other programs expect of them."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from mailroute.message.parse import parse
from mailroute.message.parts import leaves
from mailroute.message.structure import read_mail
from mailroute.message.tnef import read_tnef
from tests.corpora.places import Figure, files_below, fold, short


class _Loader(yaml.SafeLoader):
    """YAML as Ruby writes it."""


_Loader.add_multi_constructor("!ruby/hash", lambda loader, _, node: loader.construct_mapping(node, deep=True))
_Loader.add_multi_constructor("!binary", lambda loader, _, node: loader.construct_yaml_binary(node))
_Loader.add_multi_constructor(
    "!",
    lambda loader, _, node: (
        loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.MappingNode)
        else loader.construct_scalar(node)
    ),
)


def figures() -> list[Figure]:
    """One figure for each thing that is compared, over all corpora with expectations."""
    found = {
        name: Figure(name)
        for name in ("sender", "subject", "attachments", "text", "part bodies", "winmail.dat")
    }
    _zammad(found)
    _stalwart(found)
    _mime4j(found["part bodies"])
    _mimekit(found["winmail.dat"])
    return list(found.values())


def _zammad(found: dict[str, Figure]) -> None:
    """What Zammad shows of each of its test mails."""
    for path in files_below("zammad", lambda one: one.suffix == ".box"):
        expected_path = path.with_suffix(".yml")
        if not expected_path.exists():
            continue
        try:
            expected = yaml.load(expected_path.read_text(encoding="utf-8"), _Loader)
        except yaml.YAMLError:
            continue
        message = parse(path.read_bytes())
        case = short(path)
        sender = message.from_[0].address if message.from_ else ""
        wanted = (expected.get("from_email") or "").lower()
        found["sender"].count(case, wanted == sender.lower(), f"{wanted!r} is {sender!r}")
        title = expected.get("subject") or ""
        same = fold(title) == fold(message.subject) or (not message.subject and "no subject" in title)
        found["subject"].count(case, same, f"{title!r} is {message.subject!r}")
        names = {fold(name) for name in _zammad_names(expected)} - {""}
        have = {fold(one.name) for one in message.attachments}
        found["attachments"].count(case, names <= have, f"{sorted(names - have)} not in {sorted(have)}")
        body = expected.get("body")
        if isinstance(body, str) and body.strip():
            is_plain = expected.get("content_type") == "text/plain"
            wanted, is_text = body if is_plain else _without_tags(body), fold(message.text)
            good = _same_text(fold(wanted), is_text)
            found["text"].count(case, good, f"{fold(wanted)[:60]!r} is {is_text[:60]!r}")


def _same_text(wanted: str, have: str) -> bool:
    """The first 400 letters and digits, as others show them or as part of more."""
    return wanted[:400] in have or have[:400] == wanted[:400]


def _zammad_names(expected: dict[str, Any]) -> Iterator[str]:
    for one in expected.get("attachments") or []:
        if (one.get("preferences") or {}).get("content-alternative"):
            continue
        name = one.get("filename") or ""
        yield name if isinstance(name, str) else name.decode("utf-8", "replace")


def _without_tags(text: str) -> str:
    """Markup away: enough for a comparison of letters and digits."""
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def _stalwart(found: dict[str, Figure]) -> None:
    """What Stalwart's parser makes of its test mails."""
    for path in files_below("stalwart", lambda one: one.suffix == ".eml"):
        for ending, content in (
            (".json", path.read_bytes()),
            (".crlf.json", path.read_bytes().replace(b"\r", b"").replace(b"\n", b"\r\n")),
        ):
            expected_path = path.with_name(path.stem + ending)
            if expected_path.exists():
                expected = json.loads(expected_path.read_text(encoding="utf-8"))
                _stalwart_case(found, short(expected_path), content, expected)


def _stalwart_case(found: dict[str, Figure], case: str, content: bytes, expected: dict[str, Any]) -> None:
    message = parse(content)
    headers = {
        one["name"]: one["value"] for one in expected["parts"][0]["headers"] if isinstance(one["name"], str)
    }
    sender = _first_address(headers.get("from"))
    if sender:
        have = message.from_[0].address if message.from_ else ""
        found["sender"].count(case, fold(sender) == fold(have), f"{sender!r} is {have!r}")
    subject = (headers.get("subject") or {}).get("Text") if isinstance(headers.get("subject"), dict) else None
    if subject is not None:
        found["subject"].count(
            case, fold(subject) == fold(message.subject), f"{subject!r} is {message.subject!r}"
        )
    names = {fold(one) for one in _stalwart_names(expected)} - {""}
    have_names = {fold(one.name) for one in message.attachments}
    if expected["attachments"]:
        found["attachments"].count(case, names <= have_names, f"{names - have_names} not in {have_names}")
    texts = _stalwart_texts(expected)
    if texts:
        is_text = fold(message.text)
        good = all(_same_text(fold(one), is_text) for one in texts if fold(one))
        found["text"].count(case, good, f"{[fold(one)[:50] for one in texts]} is {is_text[:70]!r}")


def _first_address(value: Any) -> str:
    match value:
        case {"Address": {"List": [first, *_]}}:
            return first.get("address") or ""
        case {"Address": {"Group": [{"addresses": [first, *_]}, *_]}}:
            return first.get("address") or ""
    return ""


def _stalwart_names(expected: dict[str, Any]) -> Iterator[str]:
    for index in expected["attachments"]:
        attributes: dict[str, str] = {}
        for header in expected["parts"][index]["headers"]:
            if header["name"] in ("content_type", "content_disposition"):
                value = header["value"].get("ContentType") if isinstance(header["value"], dict) else None
                for one in (value or {}).get("attributes") or []:
                    attributes.setdefault(one["name"], one["value"])
        yield attributes.get("filename") or attributes.get("name") or ""


def _stalwart_texts(expected: dict[str, Any]) -> list[str]:
    """The texts of the body, where all of them are plain."""
    bodies = [expected["parts"][index]["body"] for index in expected["text_body"]]
    if not all("Text" in body for body in bodies):
        return []
    return [body["Text"] for body in bodies]


def _mime4j(figure: Figure) -> None:
    """Each part that mime4j decodes is one of ours, byte for byte but for line ends."""
    for path in files_below("mime4j", lambda one: one.suffix == ".msg"):
        wanted = [
            one
            for one in path.parent.glob(f"{path.stem}_decoded_*")
            if re.fullmatch(re.escape(path.stem) + r"_decoded_[\d_]+\.(?:bin|txt)", one.name)
        ]
        if not wanted:
            continue
        have = set(_bodies(path.read_bytes()))
        missing = [one.name for one in wanted if _digest(one.read_bytes()) not in have]
        figure.count(short(path), not missing, f"{missing}")


def _mimekit(figure: Figure) -> None:
    """Each file that MimeKit finds in a winmail.dat is one of ours; its rich text stays where it is."""
    for path in files_below("mimekit/tnef", lambda one: one.suffix == ".tnef"):
        wanted = set(path.with_suffix(".list").read_text(encoding="utf-8").split("\n")) - {"", "body.rtf"}
        found = read_tnef(path.read_bytes())
        have = {one.name for one in found.files} if found else set()
        figure.count(short(path), found is not None and wanted <= have, f"{wanted - have} not in {have}")


def _bodies(content: bytes, depth: int = 0) -> Iterator[str]:
    _, root, _ = read_mail(content)
    for leaf in leaves(root):
        yield _digest(leaf.content())
        if leaf.type == "message/rfc822" and depth < 5:
            yield from _bodies(leaf.content(), depth + 1)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data.replace(b"\r", b"").strip()).hexdigest()


def expected_of(path: Path) -> Any:
    """A file of JSON."""
    return json.loads(path.read_text(encoding="utf-8"))
