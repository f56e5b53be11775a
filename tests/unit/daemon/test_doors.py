"""From settings to doors."""

from pydantic import SecretStr

from mailroute.daemon.doors import smtp_door
from mailroute.settings import Door, Settings


def test_an_account_without_a_password_lets_nobody_in() -> None:
    """`users = { huber = "" }` once let anybody in as Frau Huber, with an empty password."""
    door = Door(listen="127.0.0.1:0", users={"huber": SecretStr("geheim"), "schmidt": SecretStr("")})
    login = smtp_door(door, Settings()).login
    assert login is not None
    assert login("huber", "geheim")
    assert not login("schmidt", "")
    assert not login("huber", "")
    assert not login("nobody", "")


def test_without_accounts_there_is_no_login() -> None:
    assert smtp_door(Door(listen="127.0.0.1:0"), Settings()).login is None
