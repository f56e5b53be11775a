"""mailroute.toml: the shipped file is the generated one, it loads as it is, and every mistake is a sentence."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from mailroute import shipped
from mailroute.errors import SettingsInvalid
from mailroute.settings import Door, Imap, RelaySettings, Settings, Web, example, flat, load_settings, secret


def written(directory: Path, text: str) -> Path:
    file = directory / "mailroute.toml"
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(file: Path) -> list[str]:
    """The sentences about a file, without its name."""
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(file)
    return [line.removeprefix(f"{file}: ") for line in str(refused.value).splitlines()]


def test_shipped_file_is_what_settings_example_prints() -> None:
    shipped_text = shipped.path("daemon/mailroute.toml").read_text(encoding="utf-8")
    assert shipped_text == example(), "write it again: mailroute settings --example > daemon/mailroute.toml"


def test_example_loads_as_it_is(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, example()))
    assert settings.state == tmp_path / "state"
    assert settings.rules == (tmp_path / "rules",)
    assert [door.listen for door in settings.doors] == ["127.0.0.1:8024"]


def test_example_shows_the_defaults_it_speaks_of(tmp_path: Path) -> None:
    """Every `# name = value` of the example, switched on, changes nothing."""
    plain = load_settings(written(tmp_path, example()))
    lines = example().partition("# --- a shared inbox")[0].splitlines()
    switched_on = [
        line.removeprefix("# ") if " = " in line and '""' not in line and "{" not in line else line
        for line in lines
    ]
    assert load_settings(written(tmp_path, "\n".join(switched_on))).doors == plain.doors


def test_example_names_every_setting() -> None:
    for section in (Settings, Door, Imap, RelaySettings):
        for name in section.model_fields:
            assert f"{name} = " in example() or f"[{name}]" in example()


def test_paths_are_relative_to_the_file_they_stand_in(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, 'state = "books"\ntemplates = "mine"\nrules = ["a", "b"]'))
    assert settings.state == tmp_path / "books"
    assert settings.templates == tmp_path / "mine"
    assert settings.rules == (tmp_path / "a", tmp_path / "b")
    assert settings.database_url == f"sqlite:///{tmp_path / 'books' / 'mailroute.db'}"


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "none.toml") == ["there is no such file; `mailroute init DIR` writes one"]


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    [sentence] = mistakes(written(tmp_path, "state = \n"))
    assert sentence.startswith("cannot be read: ")
    assert "line 1" in sentence


def test_an_unknown_setting_says_where_to_look(tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, "[relay]\nhots = 'mx'")) == [
        "relay.hots: there is no such setting; `mailroute settings --example` lists all of them"
    ]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = 'workers = -1\n[[imap]]\nhost = "imap.example"\n[[doors]]\nprotocol = "pop3"'
    sentences = mistakes(written(tmp_path, text))
    assert [sentence.partition(": ")[0] for sentence in sentences] == [
        "workers",
        "doors.0.protocol",
        "imap.0.inbox",
        "imap.0.user",
    ]
    assert sentences[2] == "imap.0.inbox: is missing"


def test_what_is_no_network_is_told(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, 'gateways = ["192.0.2.0/24"]')).trust.gateways == ("192.0.2.0/24",)
    [sentence] = mistakes(written(tmp_path, 'gateways = ["mx.firma.example"]'))
    assert "mx.firma.example is no network: write it like 192.0.2.0/24" in sentence


def test_passwords_are_never_shown(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, '[relay]\npassword = "geheim"'))
    assert "geheim" not in str(flat(settings))
    assert "geheim" not in repr(settings)


def test_a_password_file_is_looked_for_among_the_credentials_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials, state = tmp_path / "credentials", tmp_path / "state"
    for directory, word in ((credentials, "from systemd\n"), (state, "from the state directory\n")):
        directory.mkdir()
        (directory / "relay-password").write_text(word)
    assert secret(None, Path("relay-password"), state) == "from the state directory"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert secret(None, Path("relay-password"), state) == "from systemd"
    assert secret(SecretStr("at once"), Path("relay-password"), state) == "at once"


def test_a_missing_password_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="password_file relay-password: there is no such file"):
        secret(None, Path("relay-password"), tmp_path)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Portal.Firma.example/", "https://portal.firma.example"),
        ("http://127.0.0.1:8040", "http://127.0.0.1:8040"),
    ],
)
def test_the_address_of_the_pages_is_scheme_and_host(url: str, kept: str) -> None:
    assert Web(url=url).url == kept


@pytest.mark.parametrize(
    "url",
    [
        "portal.firma.example",
        "ftp://a.example",
        "https://",
        "https://a.example/portal",
        "https://u@a.example",
    ],
)
def test_an_address_of_the_pages_that_cannot_be_one_is_refused_with_how_to_write_it(
    tmp_path: Path, url: str
) -> None:
    file = tmp_path / "mailroute.toml"
    file.write_text(f'[web]\nurl = "{url}"\n')

    with pytest.raises(SettingsInvalid, match=r"web\.url: .*https://portal\.firm\.example"):
        load_settings(file)
