"""The schema of every file as JSON Schema, so that an editor completes and checks while somebody types.

Made from the very models that read the files. It is more lenient than they are: what only a calendar, another file or
RE2 can tell is left to `mailroute check`.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator

from mailroute.model.ruleset import CHAINS, Link
from mailroute.rules import grant_schema as g
from mailroute.rules import routing_tests as t
from mailroute.rules import schema as s
from mailroute.rules import values as v
from mailroute.rules import when_schema as w
from mailroute.rules.explained import EXPLAINED
from mailroute.rules.explained_german import GERMAN
from mailroute.rules.reader import VERBS

# What JSON Schema calls a value; its values are whatever JSON has.
Json = dict[str, Any]

_DIALECT = "http://json-schema.org/draft-07/schema#"
# `12`, `no` and `8:00` are texts to us, but numbers, truth values or texts to an editor.
_ANY_SCALAR: Json = {"type": ["string", "number", "boolean"]}
_TEXT: Json = {"type": "string"}
_HOURS: Json = {"type": "object", "additionalProperties": _ANY_SCALAR}
_PEOPLE_READER = get_args(s.People)[1].func

FILES: dict[str, str] = {
    "organisation.yaml": "organisation",
    "roles.yaml": "roles",
    "staff.yaml": "staff",
    "calendars.yaml": "calendars",
    "case-types.yaml": "case-types",
    "absences.yaml": "absences",
    "partners.yaml": "partners",
    "commands.yaml": "commands",
    "properties/": "property",
    "grants/": "grants",
    "grants/profiles.yaml": "profiles",
    "tests/": "tests",
}


def schemas() -> dict[str, Json]:
    """The schema of each kind of file, by the names of FILES."""
    by_id: dict[str, type[BaseModel]] = {
        "roles": s.RoleEntry,
        "staff": s.StaffEntry,
        "calendars": s.CalendarEntry,
        "case-types": s.CaseTypeEntry,
        "partners": s.PartnerEntry,
        "grants": g.GrantEntry,
        "profiles": g.ProfileEntry,
    }
    found = {
        "organisation": _file(s.OrganisationEntry, lambda one: one),
        "property": _file(s.PropertyEntry, lambda one: one),
        "absences": _file(s.AbsenceEntry, lambda one: {"type": "array", "items": one}),
        "tests": _file(t.TestEntry, lambda one: {"type": "array", "items": one}),
        "commands": {
            "$schema": _DIALECT,
            "type": "object",
            "properties": {verb: _spellings(verb) | _one_or_many(_ANY_SCALAR) for verb in VERBS},
            "additionalProperties": False,
        },
    }
    for name, model in by_id.items():
        found[name] = _file(
            model,
            lambda one: {
                "type": "object",
                "propertyNames": {"pattern": f"^{v.ID.pattern}$"},
                "additionalProperties": one,
            },
        )
    return found


def comment(file: str) -> str:
    """The line that tells an editor which schema a file of a rules directory has; "" for a file without one."""
    folder, slash, _ = file.rpartition("/")
    name = FILES.get(file) or FILES.get(f"{folder}/")
    if name is None or not file.endswith(".yaml"):
        return ""
    return f"# yaml-language-server: $schema={'../' if slash else ''}.schema/{name}.schema.json\n"


def _file(model: type[BaseModel], wrap: Callable[[Json], Json]) -> Json:
    definitions: dict[str, Json] = {}
    entry = _of_model(model, definitions)
    return {"$schema": _DIALECT, **wrap(entry), "definitions": definitions}


def _of_model(model: type[BaseModel], definitions: dict[str, Json]) -> Json:
    """A reference to the model, which is written out once."""
    name = model.__name__
    if name not in definitions:
        definitions[name] = {}  # a condition holds conditions
        properties = {}
        for field, info in model.model_fields.items():
            key = info.alias or field
            found = _of(info.annotation, info.metadata, definitions)
            properties[key] = _explained(name, key, info.description) | {"anyOf": [found, {"type": "null"}]}
        required = [info.alias or field for field, info in model.model_fields.items() if info.is_required()]
        definitions[name] = {
            "type": "object",
            "description": inspect.cleandoc(model.__doc__ or ""),
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
        if issubclass(model, s.PackableEntry):
            definitions[name]["anyOf"] = [{"required": [one]} for one in ("name", "override")]
    return {"$ref": f"#/definitions/{name}"}


def _spellings(verb: str) -> Json:
    return {
        "description": f"Weitere Schreibweisen dieses Befehls.\n\nExtra spellings of `{verb}`.",
        "examples": [["mach ich"]],
    }


def _explained(model: str, key: str, described: str | None) -> Json:
    """What an editor shows: German first, then English, and an example."""
    english = described or EXPLAINED.get(f"{model}.{key}") or EXPLAINED.get(f"*.{key}", "")
    german, example = GERMAN.get(f"{model}.{key}") or GERMAN.get(f"*.{key}") or ("", None)
    return {
        "description": "\n\n".join(filter(None, (german, english))),
        "examples": [] if example is None else [example],
    }


def _of(kind: Any, metadata: Any, definitions: dict[str, Json]) -> Json:
    """The schema of an annotation, which may be anything that types can say."""
    if get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        return _of(inner, [*more, *metadata], definitions)
    readers = [one.func for one in metadata if isinstance(one, BeforeValidator | PlainValidator)]
    for reader in readers:
        known = _of_reader(reader, kind, definitions)
        if known is not None:
            return known
    return _of_plain(kind, definitions)


def _of_reader(reader: Any, kind: Any, definitions: dict[str, Json]) -> Json | None:
    """What a function of ours takes; None if the type itself says it."""
    if reader is v.listed:
        return _one_or_many(_of(get_args(kind)[0], (), definitions))
    if reader is t._letters:
        return {"anyOf": [{"enum": [t.NOTHING]}, _of_plain(kind, definitions)]}
    if reader is s._wording:
        return {"anyOf": [_ANY_SCALAR, _of_plain(s.Wording, definitions)]}
    if reader is g._box:
        return {"enum": g.box_words()}
    if reader is g._view:
        return {"enum": list(g._VIEWS)}
    if reader is g._members:
        return _one_or_many({"anyOf": [_TEXT, _of_plain(g.MemberEntry, definitions)]})
    if reader is s._packs:
        return _one_or_many({"anyOf": [_TEXT, _of_plain(s.PackUse, definitions)]})
    if reader is s._evidence:
        weighted = {"type": "object", "additionalProperties": _ANY_SCALAR}
        return {"anyOf": [{"type": "array", "items": {"anyOf": [_ANY_SCALAR, weighted]}}, weighted]}
    if reader is _PEOPLE_READER:
        return _one_or_many(_of_plain(s.PersonEntry, definitions))
    if reader is v.chain:
        return {"anyOf": [{"enum": [*CHAINS]}, {"type": "array", "items": {"enum": [*Link]}}]}
    if reader is s._units:
        unit = {"anyOf": [_of_plain(s.UnitEntry, definitions), {"type": "null"}]}
        return {
            "anyOf": [
                {"type": "object", "additionalProperties": unit},
                {"type": "array", "items": _ANY_SCALAR},
            ]
        }
    return _of_closure(reader)


def _of_closure(reader: Any) -> Json | None:
    """`one_of(…)` and `whole_number(…)` remember what they take; every other reader of `values` takes one value."""
    if getattr(reader, "__module__", "") != v.__name__:
        return None
    said = inspect.getclosurevars(reader).nonlocals
    if "words" in said:
        return {"enum": [str(word) for word in said["words"]]}
    if "lowest" in said:
        lowest, highest = said["lowest"], said["highest"]
        return {"anyOf": [{"type": "integer", "minimum": lowest, "maximum": highest}, _TEXT]}
    return _ANY_SCALAR


def _of_plain(kind: Any, definitions: dict[str, Json]) -> Json:
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        found = _of_model(kind, definitions)
        return {"anyOf": [found, {"enum": ["always"]}]} if kind is w.WhenEntry else found
    if origin in (Union, types.UnionType):
        inner = [_of(one, (), definitions) for one in arguments if one is not type(None)]
        return inner[0] if len(inner) == 1 else {"anyOf": inner}
    if origin is tuple:
        return _one_or_many(_of(arguments[0], (), definitions))
    if origin is dict:
        if kind == _hours_kind():
            return _HOURS
        return {"type": "object", "additionalProperties": _of(arguments[1], (), definitions)}
    if origin is frozenset:
        return _one_or_many(_ANY_SCALAR)
    return _ANY_SCALAR


def _hours_kind() -> Any:
    return s.CalendarEntry.model_fields["hours"].annotation


def _one_or_many(item: Json) -> Json:
    """Where a list is expected, a single value will do."""
    return {"anyOf": [item, {"type": "array", "items": item}]}
