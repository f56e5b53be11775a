"""Open mails that were encrypted to this house or signed as a whole, and say whose signature holds. Never raises.

The stored mail stays as it came. Keys are files of the folder `keys` (extra `crypto`): OpenPGP keys of the house and
of people, and for S/MIME a certificate with its private key in one PEM file, certificates of people and of who issues them. Without keys only what is signed but not
encrypted is opened. A signature is said, never believed: who somebody is decides `identity`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from mailroute.message.addresses import clean_address
from mailroute.message.cms import content_of_signed
from mailroute.message.dates import read_date
from mailroute.message.headers import Head
from mailroute.message.parts import INNER, Part, leaves
from mailroute.message.structure import read_mail

_LAYERS = 4  # encrypted, in it signed, in it …
_SMIME_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
_SEALED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNATURE_TYPES = ("application/pgp-signature", *_SMIME_SIGNATURES)
_ARMOUR_BEGINS = re.compile(rb"^-----BEGIN PGP MESSAGE-----[ \t]*\r?$", re.M)
_ARMOUR_ENDS = b"-----END PGP MESSAGE-----"
_HIDDEN_SUBJECTS = ("...", "[...]", "…", "encrypted message", "verschlüsselte nachricht")
_ADDRESS = re.compile(r"<([^<>\s]{3,320})>|([^<>\s]{1,64}@[^<>\s]{1,255})")


def open_sealed(
    content: bytes, head: Head, root: Part, keys: tuple[bytes, ...], author: str
) -> tuple[list[str], Head | None]:
    """Open what can be opened, in place. Returns signals and the header within, where there is one.

    Signals: `decrypted`, `not-decrypted`, `signature-valid` (by a certificate in `keys` that names `author`) or
    `signature-unproven` (any other: unknown, of somebody else, broken).
    """
    signals: list[str] = []
    at = read_date((head.first("date") or b"").decode("ascii", "replace"))
    if root.type == "multipart/signed" and keys:
        signals += _checked(content[head.body_at :], root, keys, author, at)
    inner_head: Head | None = None
    waiting = [root]
    for _ in range(_LAYERS):
        sealed = [one for part in waiting for one in leaves(part) if _is_sealed(one, bool(keys))]
        waiting = []
        for leaf in sealed:
            data, said = _unsealed(leaf, keys, author, at)
            signals += said
            if data is None:
                continue
            inner_head, inner, _ = read_mail(data)
            if leaf.type == "text/plain":
                leaf.raw, leaf.encoding, leaf._decoded = data, "", None
                continue
            if inner.type == "multipart/signed" and keys:
                signals += _checked(data[inner_head.body_at :], inner, keys, author, at)
            for one in leaves(inner):
                one.index += (leaf.index + 1) * INNER
            leaf.children = (inner,)
            waiting.append(inner)
        if not waiting:
            break
    return signals, inner_head


def hidden_subject(outer: str, inner_head: Head | None) -> bytes | None:
    """The subject within an encrypted mail, where the one outside only stands in for it."""
    if inner_head is None or outer.strip().lower() not in _HIDDEN_SUBJECTS:
        return None
    return inner_head.first("subject")


def _is_sealed(leaf: Part, has_keys: bool) -> bool:
    if leaf.parent_type == "multipart/encrypted":
        return leaf.type != "application/pgp-encrypted"
    if leaf.type in _SEALED_TYPES:
        return not leaf.file_name.lower().endswith(".p7s")
    return has_keys and leaf.type == "text/plain" and _armoured(leaf.content()) is not None


def _armoured(text: bytes) -> bytes | None:
    """The OpenPGP message within a text."""
    begin = _ARMOUR_BEGINS.search(text)
    end = text.find(_ARMOUR_ENDS, begin.end()) if begin else -1
    return text[begin.start() : end + len(_ARMOUR_ENDS)] if begin and end > 0 else None


def _unsealed(
    leaf: Part, keys: tuple[bytes, ...], author: str, at: datetime | None
) -> tuple[bytes | None, list[str]]:
    """The bytes within, and what is to be said of it."""
    data = leaf.content()
    if leaf.type in _SEALED_TYPES:
        signed = content_of_signed(data)
        if signed is not None:
            return signed, _worth_of_smime(data, None, keys, author, at) if keys else []
        opened = _decrypt_smime(data, keys) if keys else None
        return opened, _said(opened, keys)
    armour = _armoured(data) if leaf.type == "text/plain" else None
    opened, signers = _decrypt_pgp(armour or data, keys) if keys else (None, [])
    said = ["encrypted", *_said(opened, keys)]
    if opened is not None and signers:
        said.append(_worth(signers, author))
    return opened, said


def _said(opened: bytes | None, keys: tuple[bytes, ...]) -> list[str]:
    if opened is not None:
        return ["decrypted"]
    return ["not-decrypted"] if keys else []


def _decrypt_smime(data: bytes, keys: tuple[bytes, ...]) -> bytes | None:
    """EnvelopedData (RFC 5652 §6) with the first key that fits."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

    for key in keys:
        if b"-----BEGIN CERTIFICATE-----" not in key:
            continue
        try:
            certificate = x509.load_pem_x509_certificate(key)
            private: Any = load_pem_private_key(key, None)
            opened: bytes = pkcs7.pkcs7_decrypt_der(data, certificate, private, [])
        except (ValueError, TypeError):
            continue
        return opened
    return None


def _decrypt_pgp(data: bytes, keys: tuple[bytes, ...]) -> tuple[bytes | None, list[str]]:
    """An OpenPGP message (RFC 9580 §10.3) with the first key that fits, and the addresses of who signed it."""
    import pysequoia

    people = _certificates(keys)
    for key in keys:
        # With `store` it also insists on a valid signature, so an unsigned mail needs a second try.
        for store in (lambda _: people, None):
            try:
                decryptor = pysequoia.Tsk.from_bytes(key).decryptor()
                opened = pysequoia.decrypt(data, decryptor=decryptor, store=store)
            except (RuntimeError, ValueError, TypeError):
                continue
            return bytes(opened.bytes or b""), _signers(opened.valid_sigs, people) if store else []
    return None, []


def _certificates(keys: tuple[bytes, ...]) -> list[Any]:
    """The OpenPGP certificates among the keys: of people, and of the house itself."""
    import pysequoia

    found = []
    for key in keys:
        try:
            found += list(pysequoia.Cert.split_bytes(key))
        except (RuntimeError, ValueError):
            continue
    return found


def _signers(signatures: Any, people: list[Any]) -> list[str]:
    """The addresses in the certificates behind valid signatures."""
    valid = {one.certificate for one in signatures}
    names = [str(user) for cert in people if cert.fingerprint in valid for user in cert.user_ids]
    return [clean_address(found[1] or found[2]) for name in names if (found := _ADDRESS.search(name))]


def _checked(body: bytes, root: Part, keys: tuple[bytes, ...], author: str, at: datetime | None) -> list[str]:
    """What a detached signature is worth (RFC 3156 §5, RFC 8551 §3.5.3): it covers the first part as it came."""
    parts = list(leaves(root))
    signature = next((one for one in parts if one.type in _SIGNATURE_TYPES), None)
    boundary = root.parameters.get("boundary", "").encode("utf-8", "replace")
    pieces = re.split(
        rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*\r?(?:\n|\Z)", body, maxsplit=2
    )
    if signature is None or not boundary or len(pieces) < 3:
        return []
    signed = pieces[1].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if signature.type in _SMIME_SIGNATURES:
        return _worth_of_smime(signature.content(), signed, keys, author, at)
    import pysequoia

    people = _certificates(keys)
    try:
        parsed = pysequoia.Sig.from_bytes(signature.content())
        checked = pysequoia.verify(bytes=signed, store=lambda _: people, signature=parsed)
    except (RuntimeError, ValueError, TypeError):
        return ["signature-unproven"]
    return [_worth(_signers(checked.valid_sigs, people), author)]


def _worth_of_smime(
    signature: bytes, content: bytes | None, keys: tuple[bytes, ...], author: str, at: datetime | None
) -> list[str]:
    from mailroute.message.cms_signers import smime_signers

    return [_worth(smime_signers(signature, content, keys, at), author)]


def _worth(signers: list[str], author: str) -> str:
    return "signature-valid" if author and author in signers else "signature-unproven"
