"""Two mailroutes that write to each other come to rest (reliability §3): the real daemon, twice, over real SMTP."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute import shipped
from tests.support.house import INBOX, MUELLER, TUESDAY, ZENTRALE, House, Letter, a_mail, open_house

OTHER_INBOX = "hilfe@andere-verwaltung.example"
MARKS = (b"x-mailroute-instance", b"auto-submitted", b"x-auto-response-suppress", b"precedence")


def firm(scratch: Path, inbox: str, other: str) -> Path:
    """Our firm at `inbox`, with the triage desk's mail going to another firm's inbox: a mistake that people make."""
    rules = scratch / inbox
    shutil.copytree(shipped.path("rules"), rules)
    shutil.rmtree(rules / "tests")
    organisation, staff = rules / "organisation.yaml", rules / "staff.yaml"
    organisation.write_text(organisation.read_text(encoding="utf-8").replace(INBOX, inbox), encoding="utf-8")
    staff.write_text(staff.read_text(encoding="utf-8").replace(ZENTRALE, other), encoding="utf-8")
    return rules


def bare(content: bytes) -> bytes:
    """The mail as a careless server passes it on: without any mark of who wrote it, in a thread of its own."""
    head, _, body = content.partition(b"\r\n\r\n")
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", head)
    lost = (*MARKS, b"references", b"in-reply-to", b"reply-to", b"message-id")
    kept = [one for one in unfolded.split(b"\r\n") if one.partition(b":")[0].lower() not in lost]
    return b"\r\n".join(kept) + b"\r\n\r\n" + re.sub(rb"t\+?-?1\d{4}", b"", body, flags=re.I)


class Post:
    """What carries the letters of each house to the other's inbox."""

    def __init__(self, ours: House, theirs: House, *, stripped: bool) -> None:
        self.ours, self.theirs, self.stripped = ours, theirs, stripped
        self.carried = 0

    def carry(self, letters: list[tuple[House, Letter]]) -> None:
        """Deliver back and forth, half a minute for each way, until nothing more comes."""
        while letters:
            after: list[tuple[House, Letter]] = []
            for house, letter in letters:
                to = self.theirs if house is self.ours else self.ours
                inbox = INBOX if to is self.ours else OTHER_INBOX
                if letter.to.partition("+")[0].partition("@")[0] != inbox.partition("@")[0]:
                    continue
                self.carried += 1
                content = bare(letter.raw) if self.stripped else letter.raw
                mail_from = (
                    letter.mail_from if not self.stripped else (INBOX if to is self.theirs else OTHER_INBOX)
                )
                after += [(to, one) for one in to.get(content, mail_from=mail_from, to=letter.to)]
            letters = after + self.pass_(seconds=30)

    def pass_(self, **span: float) -> list[tuple[House, Letter]]:
        return [(house, one) for house in (self.ours, self.theirs) for one in house.pass_(**span)]


@pytest.fixture
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    with (
        open_house(TUESDAY, rules=firm(tmp_path, INBOX, OTHER_INBOX)) as ours,
        open_house(TUESDAY, rules=firm(tmp_path, OTHER_INBOX, INBOX)) as theirs,
    ):
        yield Post(ours, theirs, stripped=request.param)


UNCLEAR = a_mail("unbekannt@irgendwo.example", "Guten Tag", "Wann haben Sie geöffnet?")


@pytest.mark.parametrize("post", [False], indirect=True, ids=["marked"])
def test_two_mailroutes_that_write_to_each_other_stop_at_the_first_mail_that_comes_back(post: Post) -> None:
    post.carry([(post.ours, one) for one in post.ours.get(UNCLEAR)])

    assert post.carried == 2
    assert len(post.ours.tickets()) == len(post.theirs.tickets()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("post", [True], indirect=True, ids=["without any mark"])
def test_without_any_mark_they_come_to_rest_by_counting(post: Post) -> None:
    post.carry([(post.ours, one) for one in post.ours.get(UNCLEAR)])
    opened = [len(post.ours.tickets())]
    for _ in range(2):
        for _ in range(6):
            post.carry(post.pass_(hours=4))
        opened.append(len(post.ours.tickets()))

    # One allowance of new tickets. After it only their own reminders go round, and each storm lets fewer through.
    assert opened[0] <= 20 + 3
    assert opened[1] <= opened[0] + 8
    assert opened[2] <= opened[1] + 4
    assert post.ours.contradictions() == post.theirs.contradictions() == []


def test_a_machine_that_floods_the_inbox_makes_one_ticket_after_its_allowance_and_few_letters() -> None:
    with open_house(TUESDAY) as house:
        for number in range(60):
            house.send(
                a_mail(MUELLER, f"Meldung {number}", f"Sensor {number} in der Max-Planck-Straße 12 defekt.")
            )
        letters = house.settle()
        tickets = house.tickets()

        assert len(tickets) == 20
        assert len([one for one in letters if one.to == MUELLER]) <= 5
        assert len(letters) <= 2 * 20 + 10
        assert any("Was inzwischen kam" in one.subject for one in house.pass_(hours=1))
        assert house.contradictions() == []
