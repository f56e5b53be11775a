"""Every setting of the daemon, read from `mailroute.toml`: its meaning, unit and default stand here and only here.

`daemon/mailroute.toml` is written from this module (`mailroute settings --example`), a test holds the two equal.
"""

from __future__ import annotations

import json
import os
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from mailroute.errors import SettingsInvalid
from mailroute.model import limits
from mailroute.model.mail import Trust
from mailroute.settings_slips import encoding_slip, syntax_slip, value_slip

_MOST_BYTES = 1024 * 1024


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Door(_Section):
    """A door for SMTP or LMTP."""

    listen: str = Field(default="127.0.0.1:8024", description="host:port, or unix:/path for LMTP")
    protocol: Literal["smtp", "lmtp"] = Field(
        default="lmtp", description="lmtp behind Postfix, smtp for an open port"
    )
    hostname: str = Field(default="localhost", description="the name we greet with")
    tls_certificate: Path | None = Field(default=None, description="PEM file; with it STARTTLS is offered")
    tls_key: Path | None = Field(default=None, description="PEM file of the key")
    require_tls: bool = Field(default=False, description="refuse mail before STARTTLS")
    users: dict[str, SecretStr] = Field(
        default_factory=dict, description="accounts for submission (SMTP AUTH)"
    )
    connections: int = Field(default=200, ge=1, description="open connections at most")
    connections_per_peer: int = Field(default=50, ge=1, description="open connections of one address at most")
    idle_s: float = Field(default=300, gt=0, description="seconds a silent connection is kept")


class Imap(_Section):
    """A shared inbox at a provider."""

    inbox: str = Field(description="the address of one of our inboxes, as in organisation.yaml")
    host: str = Field(description="the provider's IMAP server")
    port: int = Field(default=993, ge=1, le=65535, description="993 for tls, 143 for starttls")
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls", description="none only on this machine"
    )
    user: str = Field(description="the account's name")
    password: SecretStr | None = Field(default=None, description="better: password_file")
    password_file: Path | None = Field(
        default=None, description="a file that holds the password; relative to credentials"
    )
    token_command: str | None = Field(
        default=None, description="a command that prints an OAuth2 token (XOAUTH2)"
    )
    folder: str = Field(default="INBOX", description="the folder to read")
    after: Literal["move", "flag"] = Field(
        default="move", description="what happens to a mail that is safely stored"
    )
    done_folder: str = Field(
        default="Verarbeitet", description="where it is moved to; it is created if missing"
    )


class RelaySettings(_Section):
    """The server that takes our letters."""

    host: str = Field(default="127.0.0.1", description="the relay")
    port: int = Field(default=25, ge=1, le=65535, description="25, or 587 with starttls, 465 with tls")
    security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="none only on this machine"
    )
    user: str = Field(default="", description="account, if the relay asks for one")
    password: SecretStr | None = Field(default=None, description="better: password_file")
    password_file: Path | None = Field(
        default=None, description="a file that holds the password; relative to credentials"
    )
    token_command: str | None = Field(
        default=None, description="a command that prints an OAuth2 token (XOAUTH2)"
    )
    hostname: str = Field(default="localhost", description="the name we say in EHLO")
    connections: int = Field(default=2, ge=1, le=20, description="letters sent at the same time")


class Web(_Section):
    """The pages for customers and staff."""

    listen: str = Field(
        default="127.0.0.1:8040",
        description="host:port, or unix:/path; a server that speaks TLS goes before it",
    )
    url: str = Field(
        description="the address that people use: https and a name, no path",
        examples=["https://portal.firm.example"],
    )

    @field_validator("url")
    @classmethod
    def _plain(cls, url: str) -> str:
        """Scheme and host alone: that is what the Host header and the origin of forms are compared with."""
        parts = urlsplit(url.rstrip("/").lower())
        if (
            parts.scheme not in ("http", "https")
            or not parts.netloc
            or parts.path
            or parts.query
            or parts.username
        ):
            raise ValueError("write it like https://portal.firm.example, without a path")
        return f"{parts.scheme}://{parts.netloc}"


class Settings(_Section):
    """All of it. Relative paths are relative to the file they stand in."""

    state: Path = Field(default=Path("state"), description="the directory of the database, keys and sockets")
    database: str | None = Field(
        default=None, description="sqlite:///… or postgresql+psycopg://…; default: state/mailroute.db"
    )
    rules: tuple[Path, ...] = Field(
        default=(Path("rules"),), description="rules directories, one organisation each"
    )
    templates: Path | None = Field(
        default=None, description="your own templates; what is not there is taken from ours"
    )
    borders: tuple[str, ...] = Field(
        default=(),
        description="authserv-ids of your own mail servers, whose Authentication-Results are believed",
    )
    forwarders: tuple[str, ...] = Field(
        default=(),
        description="domains of forwarders and lists whose ARC seals are believed, if a border found them whole",
    )
    gateways: tuple[str, ...] = Field(
        default=(),
        description="networks (192.0.2.0/24) of mail servers with public addresses that bring mail to an SMTP door after checking senders",
    )
    keys: Path | None = Field(
        default=None,
        description="a folder of OpenPGP keys (.asc) and S/MIME keys (.pem) that open encrypted mail; needs the extra crypto",
    )
    workers: int = Field(
        default=0,
        ge=0,
        description="processes that read and decide (75 MB each); 0: one less than there are cores",
    )
    watch_rules: bool = Field(
        default=True, description="take changed rules by themselves, once they pass check and tests"
    )
    size_limit_bytes: int = Field(default=limits.MAIL_SIZE_BYTES, ge=1024, description="larger mails get 552")
    log_json: bool = Field(default=False, description="one JSON object a line instead of words")
    doors: tuple[Door, ...] = Field(default=(), description="[[doors]]: SMTP and LMTP")
    imap: tuple[Imap, ...] = Field(default=(), description="[[imap]]: shared inboxes to read")
    relay: RelaySettings = Field(default=RelaySettings(), description="[relay]: where letters go")
    web: Web | None = Field(default=None, description="[web]: the pages; without this section there are none")

    @property
    def trust(self) -> Trust:
        """Whose word about senders is believed."""
        return Trust(self.borders, self.forwarders, self.gateways)

    @field_validator("gateways")
    @classmethod
    def _are_networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for one in values:
            try:
                ip_network(one)
            except ValueError:
                raise ValueError(f"{one} is no network: write it like 192.0.2.0/24") from None
        return values

    @property
    def database_url(self) -> str:
        """Where the books are."""
        return self.database or f"sqlite:///{self.state / 'mailroute.db'}"

    @property
    def web_url(self) -> str:
        """Where our pages are, "" where there are none."""
        return self.web.url if self.web is not None else ""

    @property
    def key_file(self) -> Path:
        """The keys that sign reply addresses: a systemd credential if there is one, else in the state directory."""
        credential = Path(os.environ.get("CREDENTIALS_DIRECTORY", "")) / "mailroute.keys"
        return credential if credential.is_file() else self.state / "keys"


def load_settings(file: Path) -> Settings:
    """Read `mailroute.toml`. Raises SettingsInvalid with every mistake, its place and its remedy."""
    text = _text_of(file)
    try:
        settings = Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid((syntax_slip(file, text, error),)) from None
    except RecursionError:
        raise SettingsInvalid(
            (f"{file}: this is nested too deeply for settings; is it the right file?",)
        ) from None
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise SettingsInvalid(tuple(value_slip(file, text, one, Settings) for one in found)) from None
    return _resolved(settings, file.resolve().parent)


def _text_of(file: Path) -> str:
    content = b""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise SettingsInvalid((f"{file}: this is larger than any settings; is it the right file?",))
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise SettingsInvalid((f"{file}: there is no such file; `mailroute init DIR` writes one",)) from None
    except OSError as error:
        raise SettingsInvalid((f"{file}: cannot be read: {error.strerror}",)) from None
    except UnicodeDecodeError as error:
        raise SettingsInvalid((encoding_slip(file, content, error),)) from None


def _resolved(settings: Settings, base: Path) -> Settings:
    """The same settings with absolute paths."""
    return settings.model_copy(
        update={
            "state": base / settings.state,
            "rules": tuple(base / one for one in settings.rules),
            "templates": base / settings.templates if settings.templates else None,
        }
    )


def secret(value: SecretStr | None, file: Path | None, state: Path) -> str | None:
    """A password: the value itself or the content of its file, looked for among systemd's credentials first.

    Raises SettingsInvalid if the file cannot be read.
    """
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return None
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    for base in ([Path(credentials)] if credentials else []) + [state, Path()]:
        if (base / file).is_file():
            return (base / file).read_text(encoding="utf-8").strip()
    raise SettingsInvalid(
        (f"password_file {file}: there is no such file, neither as credential nor in {state}",)
    )


def flat(settings: Settings) -> list[tuple[str, str]]:
    """The effective settings as (dotted name, value as TOML), passwords hidden."""
    return [(name, _toml(value)) for name, value in _leaves(settings.model_dump(mode="json"), "")]


def _leaves(value: object, name: str) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in _leaves(one, f"{name}.{key}" if name else key)]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [leaf for i, one in enumerate(value) for leaf in _leaves(one, f"{name}[{i}]")]
    return [(name, value)]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "(not set)"
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


_HEAD = """\
# mailroute.toml: how mailroute runs on this machine. Who does what stands in rules/, what is written in templates/.
# A line that begins with "#" and a name shows a default: change the value and take the "#" away.
# Written by `mailroute settings --example`; `mailroute settings` shows what is in force.
"""


def example() -> str:
    """A mailroute.toml with every setting, its meaning and its default; valid as it is."""
    parts = [_HEAD, _example_of(Settings, skip=("doors", "imap", "relay", "web"))]
    parts += ["# --- doors for SMTP and LMTP; repeat the section for more\n[[doors]]", _example_of(Door)]
    parts += [
        "# --- a shared inbox at a provider; take the # away from all lines you need\n# [[imap]]",
        _example_of(Imap),
    ]
    parts += ["# --- where letters go\n[relay]", _example_of(RelaySettings)]
    parts += [
        "# --- the pages for customers and staff; take the # away to switch them on\n# [web]",
        _example_of(Web),
    ]
    return "\n".join(parts)


_ACTIVE = {("Settings", "rules"), ("Settings", "state"), ("Door", "listen"), ("Door", "protocol")}


def _example_of(section: type[_Section], skip: tuple[str, ...] = ()) -> str:
    lines = []
    for name, info in section.model_fields.items():
        if name in skip:
            continue
        default = info.get_default(call_default_factory=True)
        shown = json.dumps(info.examples[0]) if info.examples else _example_value(name, default)
        mark = "" if (section.__name__, name) in _ACTIVE else "# "
        lines.append(f"# {info.description}\n{mark}{name} = {shown}")
    return "\n".join(lines) + "\n"


def _example_value(name: str, default: object) -> str:
    if name == "rules":
        return '["rules"]'
    if isinstance(default, tuple):
        return "[]"
    if isinstance(default, dict):
        return '{ name = "password" }'
    if default is None or default.__class__.__name__ == "PydanticUndefinedType":
        return '""'
    return _toml(str(default) if isinstance(default, Path) else default)
