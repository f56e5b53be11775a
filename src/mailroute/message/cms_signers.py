"""Whose S/MIME signature holds (RFC 5652 §5.4), by the certificates of a folder of keys (extra `crypto`). Never raises.

A certificate counts if it is one of the folder itself, or was issued by one of them and is still valid.
"""

from __future__ import annotations

import hmac
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from mailroute.message.addresses import clean_address
from mailroute.message.cms import Element, children, content_of_signed, octets, signed_data

_SET, _SEQUENCE, _ATTRIBUTES, _CERTIFICATES = 0x31, 0x30, 0xA0, 0xA0
_SIGNERS = 10
_BUNDLED = 20
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_HASHES: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
# What is read wrong in a certificate or a signature that somebody made up.
_MADE_UP = (ValueError, IndexError, TypeError, StopIteration, InvalidSignature, UnsupportedAlgorithm)


def smime_signers(
    signature: bytes, content: bytes | None, keys: tuple[bytes, ...], at: datetime | None
) -> list[str]:
    """The addresses in the certificates of everybody whose signature holds and whom `keys` vouch for.

    `content` is what was signed, None where it lies within the signature; `at` is when, None if
    nobody knows. SHA-1 and older are no proof any more.
    """
    with warnings.catch_warnings():
        # Of certificates that somebody made up the library says more than we want to hear.
        warnings.simplefilter("ignore")
        return _signers(signature, content, keys, at)


def _signers(
    signature: bytes, content: bytes | None, keys: tuple[bytes, ...], at: datetime | None
) -> list[str]:
    try:
        signed = signed_data(signature)
        said = content if content is not None else content_of_signed(signature)
        embedded = list(_embedded(signature, signed))
        signers = children(signature, signed[-1])[:_SIGNERS] if signed[-1].tag == _SET else []
    except _MADE_UP:
        return []
    if said is None:
        return []
    trusted = list(_certificates(keys))
    found: list[str] = []
    for signer in signers:
        try:
            certificate = _verified(signature, signer, said, [*embedded, *trusted])
        except _MADE_UP:
            continue
        if _is_vouched_for(certificate, trusted, at):
            found += _addresses(certificate)
    return found


def _verified(
    data: bytes, signer: Element, content: bytes, known: list[x509.Certificate]
) -> x509.Certificate:
    """The certificate behind a SignerInfo (RFC 5652 §5.3). Raises one of _MADE_UP unless the signature holds."""
    fields = children(data, signer)
    serial = _serial(data, fields[1])
    certificate = next(
        one for one in known if one.serial_number == serial and _is_issuer(data, fields[1], one)
    )
    algorithm = _HASHES.get(_oid(data, fields[2]))
    if algorithm is None:
        raise ValueError
    message, at = content, 3
    if fields[3].tag == _ATTRIBUTES:
        attributes = fields[3]
        if not hmac.compare_digest(_digest_said(data, attributes), _digest(content, algorithm)):
            raise ValueError
        # They were signed as the SET that they are (§5.4).
        message, at = bytes([_SET]) + data[attributes.at + 1 : attributes.after], 4
    _verify(certificate.public_key(), octets(data, fields[at + 1]), message, algorithm)
    return certificate


def _verify(key: Any, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(algorithm))
    else:
        raise UnsupportedAlgorithm("neither RSA nor an elliptic curve")


def _serial(data: bytes, identifier: Element) -> int:
    if identifier.tag != _SEQUENCE:
        raise ValueError
    number = children(data, identifier)[1]
    return int.from_bytes(data[number.start : number.end], "big", signed=True)


def _is_issuer(data: bytes, identifier: Element, certificate: x509.Certificate) -> bool:
    name = children(data, identifier)[0]
    return data[name.at : name.after] == certificate.issuer.public_bytes()


def _oid(data: bytes, algorithm: Element) -> bytes:
    first = children(data, algorithm)[0]
    return data[first.start : first.end]


def _digest_said(data: bytes, attributes: Element) -> bytes:
    """The messageDigest among the signed attributes (§11.2)."""
    wanted = next(one for one in children(data, attributes) if _oid(data, one) == _MESSAGE_DIGEST)
    return octets(data, children(data, children(data, wanted)[1])[0])


def _digest(content: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()


def _embedded(data: bytes, signed: list[Element]) -> Iterator[x509.Certificate]:
    """The certificates that came along (RFC 5652 §5.1); they are believed only as far as `keys` vouch for them."""
    for bundle in (one for one in signed if one.tag == _CERTIFICATES):
        for one in children(data, bundle)[:_BUNDLED]:
            try:
                yield x509.load_der_x509_certificate(data[one.at : one.after])
            except _MADE_UP:
                continue


def _certificates(keys: tuple[bytes, ...]) -> Iterator[x509.Certificate]:
    for key in keys:
        if b"-----BEGIN CERTIFICATE-----" in key:
            try:
                yield from x509.load_pem_x509_certificates(key)
            except _MADE_UP:
                continue


def _is_vouched_for(
    certificate: x509.Certificate, trusted: list[x509.Certificate], at: datetime | None
) -> bool:
    if at is not None and not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return False
    return certificate in trusted or any(_is_issued_by(certificate, one) for one in trusted)


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        may_issue = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (*_MADE_UP, x509.ExtensionNotFound):
        return False
    return may_issue


def _addresses(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = names.get_values_for_type(x509.RFC822Name)
    except (*_MADE_UP, x509.ExtensionNotFound):
        found = []
    subject = certificate.subject.get_attributes_for_oid(x509.oid.NameOID.EMAIL_ADDRESS)
    return [clean_address(one) for one in (*found, *(str(name.value) for name in subject))]
