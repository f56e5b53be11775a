"""Every mistake we can find in a rules directory or in a site's letters has a code; this is the one table of them.

`docs/codes.md` is made from it (by `codes_page`, when tests/golden/test_check.py runs with --update-golden), and
every code has a golden folder in tests/golden/check that shows it. `examples.txt`, what `mailroute help` shows, is made
from the first folder of each code in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FAMILIES = {
    "1": ("Syntax", "The file cannot be read as what it is."),
    "2": ("Schema", "The file can be read, but something in it is not what belongs there."),
    "3": ("References", "Something is named that does not exist, or two things have one name."),
    "4": ("Meaning", "Every line is right by itself, but together they do not do what was meant."),
    "5": ("Tests", "A routing test of `tests/*.yaml` is not right, or the rules do not pass it."),
    "7": (
        "Letters",
        "A template of your own is no letter (ours is sent in its place), or the letters do not say who you are.",
    ),
}


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of mistake: its code, its level ("error" or "warning") and what it means, in one line."""

    code: str
    level: str
    meaning: str


CODES: dict[str, Code] = {
    one.code: one
    for one in (
        Code("MR101", "error", "A file that every rules directory needs is missing."),
        Code("MR102", "error", "The file is not valid YAML."),
        Code(
            "MR103",
            "error",
            "A line is indented with a tab or with what only looks like blanks; YAML allows only blanks.",
        ),
        Code(
            "MR104",
            "error",
            "The file is not UTF-8 text (perhaps no text at all), or holds a character that no text has.",
        ),
        Code("MR105", "error", "The file is too big, or the directory holds too many files."),
        Code("MR106", "error", "A key stands twice in one mapping; one of the two would be ignored."),
        Code(
            "MR107",
            "error",
            "The file is nested too deeply or grows too large when its aliases are written out.",
        ),
        Code("MR108", "error", "A YAML tag (!something) is used; values have no tags here."),
        Code("MR109", "error", "The file holds a second document after a line `---`."),
        Code("MR110", "error", "A CSV line cannot be read, mostly because of a quotation mark."),
        Code("MR111", "error", "A CSV line has more cells than the header row."),
        Code(
            "MR112",
            "error",
            "The header row of a CSV file is missing, names a column twice, or none that belongs there.",
        ),
        Code("MR113", "warning", "A file or folder has a name that is not read; its content has no effect."),
        Code("MR114", "error", "A file cannot be read, or is a link that leads out of the directory."),
        Code("MR115", "warning", "A CSV file is not UTF-8 and was read as Windows-1252."),
        Code(
            "MR116",
            "warning",
            "A value stands between typographic quotation marks („…“), which a word processor has put there.",
        ),
        Code("MR201", "error", "A key or column that does not exist here."),
        Code("MR202", "error", "A key or cell that must be filled is missing or empty."),
        Code(
            "MR203", "error", "A value has the wrong form: a list, a mapping or a single value is expected."
        ),
        Code("MR204", "error", "An id holds characters that ids do not have."),
        Code("MR205", "error", "An e-mail address is not one."),
        Code("MR206", "error", "A word is not one of those that are possible here."),
        Code("MR207", "error", "A number is expected, or the number is too small or too large."),
        Code("MR208", "error", "Yes or no is expected."),
        Code("MR209", "error", "A date is not one."),
        Code("MR210", "error", "A length of time is not one, or longer than two years."),
        Code("MR211", "error", "Opening hours cannot be understood."),
        Code("MR212", "error", "The region of public holidays does not exist."),
        Code("MR213", "error", "The time zone does not exist."),
        Code("MR214", "error", "A text is too long or holds line breaks where none may be."),
        Code("MR215", "error", "A condition under `when` says nothing or is not built right."),
        Code("MR216", "error", "A case type must have exactly one of `role` and `chain`."),
        Code("MR217", "error", "A regular expression cannot be compiled by RE2."),
        Code("MR218", "error", "A postcode does not have five digits, or four in Austria and Switzerland."),
        Code(
            "MR219",
            "error",
            "A spreadsheet has made something else of a value: 4.71E+10, a date, or `#REF!`.",
        ),
        Code("MR220", "error", "The last day lies before the first day."),
        Code("MR221", "error", "A grant must have exactly one customer view, private or commercial."),
        Code("MR222", "error", "A link is not one, or does not begin with https://."),
        Code(
            "MR231", "error", "A ladder of reminders does not begin with `at` or does not end with `every`."
        ),
        Code("MR301", "error", "A role that roles.yaml does not define."),
        Code("MR302", "error", "Somebody who is not in staff.yaml."),
        Code("MR303", "error", "A property that no file defines."),
        Code("MR304", "error", "A unit that its property does not have."),
        Code("MR305", "error", "A calendar that calendars.yaml does not define."),
        Code("MR306", "error", "An inbox that organisation.yaml does not have."),
        Code("MR307", "error", "Something is defined twice."),
        Code("MR308", "error", "One e-mail address belongs to two who must be told apart."),
        Code("MR309", "error", "A pack that does not exist."),
        Code("MR310", "error", "Something says `override`, but no pack defines what it would replace."),
        Code("MR311", "error", "A customer of a grant whom no file knows."),
        Code("MR312", "error", "A profile that grants/profiles.yaml does not define."),
        Code("MR313", "error", "An account of the rate calculator that organisation.yaml does not have."),
        Code("MR314", "error", "A contract that no file defines."),
        Code("MR315", "error", "A case type that case-types.yaml does not define."),
        Code(
            "MR390",
            "error",
            "Organisations of one installation are mixed up: they share an id or inbox, or a partner is one of them.",
        ),
        Code("MR391", "error", "A partner is an organisation that this installation does not have."),
        Code("MR392", "error", "Two organisations of one installation pass the same matters to each other."),
        Code("MR401", "error", "Nobody holds the triage role, so unclear mail would reach nobody."),
        Code(
            "MR402",
            "warning",
            "Nobody at all holds the role of a case type; its mail goes to the fallback role or triage.",
        ),
        Code("MR403", "error", "Deputies stand in for each other in a circle while all of them are away."),
        Code("MR404", "error", "A calendar has no open hours, so nothing would ever become due."),
        Code(
            "MR405",
            "warning",
            "A case type is never reached: nothing leads to it, or an earlier one takes all its mail.",
        ),
        Code("MR406", "warning", "A role that nothing uses."),
        Code("MR407", "warning", "One e-mail address or id is used for people with different names."),
        Code(
            "MR408",
            "warning",
            "A person of the directory writes from an address of our own staff or of a partner.",
        ),
        Code("MR409", "warning", "A regular expression can never match, because mails are folded before."),
        Code("MR410", "warning", "Somebody who is no longer active still has work assigned to them."),
        Code("MR411", "error", "One spelling is given to two verbs."),
        Code("MR412", "error", "The deadlines of a case type are in the wrong order."),
        Code("MR413", "warning", "Two properties have the same address at the same time."),
        Code("MR414", "warning", "A property has nobody for the role of a case type."),
        Code("MR415", "error", "A calendar is closed for a whole year, so nothing would become due in it."),
        Code(
            "MR416",
            "warning",
            "A postcode has four digits among others of five; spreadsheets eat leading zeros.",
        ),
        Code(
            "MR417",
            "warning",
            "One e-mail address stands in current contracts of different people; its mails cannot be told apart.",
        ),
        Code("MR418", "error", "A case type is gathered (`cluster`) whose mails must stay apart."),
        Code("MR419", "warning", "No case type can be reached from an inbox; all its mail goes to triage."),
        Code("MR420", "warning", "A condition that no mail can meet, because its parts exclude each other."),
        Code("MR421", "error", "A rung of a ladder of reminders is not later than the one before."),
        Code("MR425", "warning", "The learned model speaks of a case type that is no more."),
        Code("MR431", "error", "The account manager of a grant is no longer active."),
        Code("MR432", "error", "A grant lets its members write, but names no account manager."),
        Code("MR433", "error", "One address is in two main grants."),
        Code("MR434", "error", "A member of a grant has the address of one of our own staff."),
        Code("MR435", "error", "A grant shares tickets, which is not switched on for the organisation."),
        Code(
            "MR436", "warning", "A grant shares contracts automatically and lists some; the list is ignored."
        ),
        Code(
            "MR437", "error", "A grant lets its members use the rate calculator, but names no account for it."
        ),
        Code("MR438", "warning", "A contract of a grant has a status that is never shown automatically."),
        Code("MR439", "warning", "A grant gives rights that have no effect without `primary_contact`."),
        Code("MR501", "error", "Two routing tests have one name."),
        Code("MR502", "error", "The mail of a routing test cannot be read."),
        Code("MR503", "error", "A routing test expects a case type or contract that does not exist."),
        Code("MR504", "warning", "A case type that no routing test expects."),
        Code("MR505", "error", "A routing test fails: the rules do something else with its mail."),
        Code(
            "MR700",
            "error",
            "A template cannot be read or rendered, or no letter has its name or language.",
        ),
        Code("MR701", "error", "The letters to customers have no footer that says who the firm is."),
    )
}


def example(code: str) -> str:
    """What `check` says where somebody has made that mistake; "" if nobody has written one yet."""
    text = (Path(__file__).parent / "examples.txt").read_text(encoding="utf-8")
    found = re.search(rf"^== {code} ==\n(.*?)(?=^== |\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1].rstrip("\n") if found else ""


def codes_page() -> str:
    """`docs/codes.md`: the table as a page for people."""
    lines = [
        "# Codes of `mailroute check`",
        "",
        "<!-- Made from src/mailroute/rules/codes.py: pytest tests/golden/test_check.py --update-golden. -->",
        "",
        "Errors must be mended before the rules can be used; warnings tell of something that is probably not meant.",
        "`tests/golden/check` holds an example of each.",
    ]
    for digit, (family, meaning) in FAMILIES.items():
        lines += [
            "",
            f"## MR{digit}xx {family}",
            "",
            meaning,
            "",
            "| code | level | meaning |",
            "|---|---|---|",
        ]
        lines += [
            f"| {one.code} | {one.level} | {one.meaning.replace('|', chr(92) + '|')} |"
            for one in CODES.values()
            if one.code[2] == digit
        ]
    return "\n".join(lines) + "\n"
