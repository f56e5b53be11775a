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
    """What is said about a file, without its name."""
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(file)
    return [one.removeprefix(f"{file}:").removeprefix(" ") for one in refused.value.problems]


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
    [sentence] = mistakes(written(tmp_path, "workers = 1\nstate = state\n"))
    assert sentence.splitlines() == [
        "2:9: this is no value",
        "    state = state",
        "            ^",
        '    Text stands in quotation marks: `state = "state"`; yes and no are `true` and `false`.',
    ]


@pytest.mark.parametrize(
    ("text", "place", "says", "remedy"),
    [
        ('rulse = ["rules"]', "1:1", "rulse: there is no such setting", "`rules`"),
        ('[relais]\nhost = "mx"', "1:1", "relais: there is no such setting", "`relay`"),
        ('rules = "rules"', "1:1", "rules: a list is expected, not `rules`", "brackets"),
        ('[doors]\nlisten = "127.0.0.1:25"', "1:1", "doors: there may be several", "[[doors]]"),
        ('watch_rules = "ja"', "1:1", "watch_rules: true or false", "without quotation marks"),
        ('size_limit_bytes = "50 MB"', "1:1", "a number is expected, not `50 MB`", "digits only"),
        ("size_limit_bytes = -5", "1:1", "`-5` is too small", "at least 1024"),
        ("[relay]\nport = 99999", "2:1", "`99999` is too large", "at most 65535"),
        ("[relay]\n  host = 5", "2:3", "relay.host: a text is expected, not `5`", "quotation marks"),
        ("[relay]\nport = 25\n[relay]\n", "3:7", "[relay] stands here for the second time", "[[imap]]"),
        ("workers = 1\nworkers = 2\n", "2:12", "for the second time", "Remove"),
        ('state = "C:\\xyz"', "1:14", "a backslash", "single ones"),
        ("state: state", "1:6", "an equals sign", "rules/"),
        ('state = "books', "1:15", "a quotation mark is opened", "Close it"),
        ('rules = ["a"\nworkers = 1', "2:1", "a bracket is opened", "comma"),
        ("workers = 1 2", "1:13", "something follows the value", "one setting per line"),
        ("=", "1:1", "no line of settings", "`[section]`"),
    ],
)
def test_a_slip_is_told_with_its_place_and_what_to_write(
    tmp_path: Path, text: str, place: str, says: str, remedy: str
) -> None:
    [told] = mistakes(written(tmp_path, text))
    head, *_, last = told.splitlines()
    assert head.startswith(f"{place}: ")
    assert says in head
    assert remedy in last


def test_a_file_that_is_no_utf8_is_told_where_and_one_with_a_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mailroute.toml"
    file.write_bytes('workers = 1\nstate = "für"\n'.encode("latin-1"))
    assert mistakes(file)[0].startswith("2:11: from here on this is not UTF-8 text")
    file.write_bytes(b"\xef\xbb\xbfworkers = 1\r\n")
    assert load_settings(file).workers == 1


@pytest.mark.parametrize(
    "text", ["\0" * 2_000_000, "[" * 100_000, "x = " + "[" * 100_000, "a" * 100_000, "=\n" * 1000]
)
def test_what_is_no_settings_file_at_all_is_refused_in_bounds(tmp_path: Path, text: str) -> None:
    [told] = mistakes(written(tmp_path, text))
    assert len(told) < 1000


def test_a_directory_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == ["cannot be read: Is a directory"]


@pytest.mark.parametrize(
    "text",
    [
        "[relay]\npassword = geheim",
        '[relay]\npassword = "geheim',
        '[relay]\npassword = ["geheim"]',
        '[[doors]]\nusers = "geheim"',
    ],
)
def test_a_password_is_not_shown_where_a_mistake_is(tmp_path: Path, text: str) -> None:
    assert "geheim" not in "".join(mistakes(written(tmp_path, text)))


def test_an_unknown_setting_says_where_to_look(tmp_path: Path) -> None:
    [told] = mistakes(written(tmp_path, "[relay]\nfrobnicate = 'mx'"))
    assert told.splitlines()[0] == "2:1: relay.frobnicate: there is no such setting"
    assert told.splitlines()[-1] == "    `mailroute settings --example` lists all of them."


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = 'workers = -1\n[[imap]]\nhost = "imap.example"\n[[doors]]\nprotocol = "pop3"'
    sentences = mistakes(written(tmp_path, text))
    assert [": ".join(sentence.split(": ")[:2]) for sentence in sentences] == [
        "1:1: workers",
        "5:1: doors.0.protocol",
        "2:1: imap.0.inbox",
        "2:1: imap.0.user",
    ]
    assert sentences[2].splitlines()[0] == "2:1: imap.0.inbox: is missing"


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
