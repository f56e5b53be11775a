"""New entries of a rules directory from single answers: which questions there are, what is wrong with an answer, and
the lines that are written. Checked by the models that read the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from mailroute.model.text import Text
from mailroute.rules import values as v
from mailroute.rules.json_schema import comment
from mailroute.rules.packs import is_of_pack
from mailroute.rules.problems import report_problems
from mailroute.rules.reader import Entries, slug
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.schema import CaseTypeEntry, PropertyEntry, StaffEntry
from mailroute.rules.written import as_yaml

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What fills a key. `names` is the kind of thing that the answer names; `many`: several, divided by commas."""

    key: str
    text: Text
    required: bool = False
    many: bool = False
    names: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be new. `file` is where it goes; {} stands for the id."""

    name: str
    file: str
    model: type[BaseModel]
    questions: tuple[Question, ...]


ID = "id"
PROPERTY = Kind(
    "property",
    "properties/{}.yaml",
    PropertyEntry,
    (
        Question("street", Text("Straße", "Street"), required=True),
        Question("house_number", Text("Hausnummer (12, 12a, 12-14)", "House number (12, 12a, 12-14)"), required=True),
        Question("postcode", Text("Postleitzahl", "Postcode"), required=True),
        Question("town", Text("Ort", "Town"), required=True),
        Question(ID, Text("Kennung, die überall sonst steht", "Id, used everywhere else"), required=True),
        Question("name", Text("Name, wie man das Haus nennt", "Name that people use")),
        Question("aliases", Text("Weitere Namen, mit Komma", "Other names, comma-separated"), many=True),
        Question("units", Text("Einheiten, mit Komma (WE 01, WE 02)", "Units, comma-separated (WE 01, WE 02)"), many=True),
        Question("calendar", Text("Kalender", "Calendar"), names="calendar"),
    ),
)  # fmt: skip
STAFF = Kind(
    "staff",
    "staff.yaml",
    StaffEntry,
    (
        Question("name", Text("Name, wie er in Briefen steht (Frau Huber)", "Name as in letters (Ms Huber)"), required=True),
        Question(ID, Text("Kennung, die überall sonst steht", "Id, used everywhere else"), required=True),
        Question("email", Text("E-Mail-Adresse", "E-mail address"), required=True),
        Question("phone", Text("Telefon, für Kolleginnen und Kollegen", "Telephone, shown to colleagues")),
        Question("language", Text("Sprache (de, en)", "Language (de, en)")),
        Question("calendar", Text("Kalender", "Calendar"), names="calendar"),
        Question(
            "roles_for_new_properties",
            Text("Rollen überall dort, wo ein Objekt niemanden nennt", "Roles wherever a property names nobody"),
            many=True, names="role",
        ),
    ),
)  # fmt: skip
CASE_TYPE = Kind(
    "case-type",
    "case-types.yaml",
    CaseTypeEntry,
    (
        Question("name", Text("Name auf Deutsch", "Name in German"), required=True),
        Question("name.en", Text("Name auf Englisch", "Name in English")),
        Question(ID, Text("Kennung, die überall sonst steht", "Id, used everywhere else"), required=True),
        Question("role", Text("Rolle, die es bearbeitet", "Role that handles it"), required=True, names="role"),
        Question("inform", Text("Rollen, die eine Kopie bekommen", "Roles that get a copy"), many=True, names="role"),
        Question("urgency", Text("Dringlichkeit, 1 (höchste) bis 4", "Urgency, 1 (highest) to 4")),
        Question("emergency", Text("Notfall, der auch nachts jemanden weckt? (yes, no)", "An emergency that wakes somebody at night? (yes, no)")),
        Question(
            "evidence",
            Text("Wörter, die dafür sprechen, mit Gewicht (rauchmelder 4, piept 1)", "Words that speak for it, with weights (smoke detector 4, beeps 1)"),
            many=True,
        ),
        Question("when.words", Text("Wörter, die allein schon entscheiden", "Words that decide by themselves"), many=True),
    ),
)  # fmt: skip
_YES_OR_NO = {"yes": True, "ja": True, "true": True, "no": False, "nein": False, "false": False}
KINDS = {one.name: one for one in (PROPERTY, STAFF, CASE_TYPE)}


def questions_of(kind: Kind, entries: Entries) -> tuple[Question, ...]:
    """The questions; for a property also who holds each role of a case type there."""
    if kind is not PROPERTY:
        return kind.questions
    asked = dict.fromkeys(one.value.role for one in entries.case_types.values() if one.value.role)
    roles = [entries.roles[role] for role in asked if role in entries.roles]
    own = [one for one in roles if not is_of_pack(one)]
    return (
        *kind.questions,
        *(
            Question(f"roles.{one.id}", Text(f"Wer ist hier {one.value.name.de}?", f"Who is {one.value.name.en or one.value.name.de} here?"),
                     many=True, names="staff")
            for one in own
        ),
    )  # fmt: skip


def default(kind: Kind, key: str, answers: Answers, entries: Entries) -> str:
    """What is taken where nothing is answered; "" if the key is left out then."""
    if key == ID:
        if kind is PROPERTY:
            return slug(f"{answers.get('street', '')} {answers.get('house_number', '')}")
        words = re.sub(r"^(?:herr|frau|mr|mrs|ms)\b\.? *", "", answers.get("name", ""), flags=re.I).split()
        return slug(" ".join(words[-1:] if kind is STAFF else words))
    if key == "email" and kind is STAFF and entries.organisation is not None:
        domain = entries.organisation.value.inboxes[0].address.rpartition("@")[2]
        return f"{answers[ID]}@{domain}" if answers.get(ID) else ""
    return ""


def mistake(kind: Kind, question: Question, answers: Answers, entries: Entries) -> str:
    """What is wrong with the answer to this question, with what to do; "" if it is right."""
    key, text = question.key, answers.get(question.key, "")
    if not text:
        return "This cannot be empty." if question.required else ""
    if key == ID:
        return _wrong_id(kind, text, entries)
    if question.names:
        known = entries.ids.get(question.names, set())
        for name in _listed(text) if question.many else [text]:
            if name not in known:
                return f"There is no {question.names} {quoted(name)}. {nearest(name, known)}"
    top = key.partition(".")[0]
    report = Report()
    try:
        kind.model.model_validate(_plain(entry(kind, answers)))
    except ValidationError as error:
        report_problems(error, kind.model, lambda path, _: Spot(str(path[0]) if path else ""), report)
    found = next((one for one in report.diagnostics() if one.file == top), None)
    return f"{found.message[:1].upper()}{found.message[1:]}. {found.remedy}".strip() if found else ""


def _wrong_id(kind: Kind, text: str, entries: Entries) -> str:
    if not v.ID.fullmatch(text):
        return f"{quoted(text)} cannot be an id. {v.id_remedy(text)}"
    taken = entries.ids.get(kind.name.replace("-", " "), set())
    return f"{quoted(text)} exists already. Choose another id." if text in taken else ""


def entry(kind: Kind, answers: Answers) -> dict[str, Any]:
    """The entry as its file has it, in the order of the questions; what was left empty is left out."""
    found: dict[str, Any] = {}
    many = {one.key for one in kind.questions if one.many}
    for key, text in answers.items():
        if not text or (key == ID and kind is not PROPERTY) or key == "name.en":
            continue
        if key == "evidence":
            found[key] = [_weighed(one) for one in _listed(text)]
        elif key == "when.words":
            found["when"] = {"words": _listed(text)}
        elif key.startswith("roles."):
            names = _listed(text)
            found.setdefault("roles", {})[key.removeprefix("roles.")] = names if len(names) > 1 else names[0]
        elif key == "emergency" and text.lower() in _YES_OR_NO:
            found |= {key: True} if _YES_OR_NO[text.lower()] else {}
        elif key == "urgency" and text.isdecimal():
            found[key] = int(text)
        else:
            found[key] = _listed(text) if key in many else text
    if kind is CASE_TYPE and answers.get("name.en"):
        found["name"] = {"de": answers.get("name", ""), "en": answers["name.en"]}
    # The name of the file says it.
    found.pop(ID, None)
    return found


def _weighed(text: str) -> str | dict[str, Any]:
    """`rauchmelder 4` → rauchmelder: 4."""
    parts = re.fullmatch(r"(.*\S)[ :=]+([+-]?\d+(?:[.,]\d+)?)", text)
    if not parts:
        return text
    weight = float(parts[2].replace(",", "."))
    return {parts[1].rstrip(":= "): int(weight) if weight.is_integer() else weight}


def _plain(value: Any) -> Any:
    """As the reader of the files would have it: every scalar is a text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else str(value)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]


def unknown_keys(questions: Sequence[Question], answers: Iterable[str]) -> str:
    """A sentence about the first key that no question has; "" if there is none."""
    keys = [one.key for one in questions]
    wrong = next((key for key in answers if key not in keys), None)
    return f"There is no {quoted(wrong)} here. {nearest(wrong, keys)}" if wrong is not None else ""


def written(kind: Kind, answers: Answers, before: str) -> tuple[str, str]:
    """The file that it goes into, and the file's new text: what was there stays, comments too."""
    file = kind.file.format(answers[ID])
    if kind is PROPERTY:
        return file, comment(file) + as_yaml(entry(kind, answers))
    body = as_yaml({answers[ID]: entry(kind, answers)})
    return file, f"{before.rstrip()}\n\n{body}" if before.strip() else comment(file) + body


def test_of(kind: Kind, answers: Answers, sentence: str, at: str) -> tuple[str, str]:
    """A routing test that expects the new case type for a sentence as people write it: its file and text."""
    assert kind is CASE_TYPE
    file = f"tests/{answers[ID]}.yaml"
    test = {
        "name": answers["name"],
        "at": at,
        "mail": {"from": "jemand@absender.example", "subject": "", "text": sentence},
        "expect": {"case_type": answers[ID]},
    }
    return file, comment(file) + as_yaml([test])
