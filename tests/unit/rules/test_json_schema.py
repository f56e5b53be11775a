"""The JSON Schemas for editors say what the models say: the demo firm passes, wrong keys and words do not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter

from mailroute import shipped
from mailroute.cli.main import main
from mailroute.rules import grant_schema, routing_tests, schema
from mailroute.rules.entry import Entry
from mailroute.rules.explained import EXPLAINED
from mailroute.rules.explained_german import GERMAN
from mailroute.rules.json_schema import FILES, comment, schemas
from mailroute.rules.report import Report
from mailroute.rules.tree import read_tree

SCHEMAS = schemas()
MODELS: dict[str, type[BaseModel]] = {
    name: one
    for module in (schema, grant_schema, routing_tests)
    for name, one in vars(module).items()
    if isinstance(one, type) and issubclass(one, Entry)
}
FIRM = [path for path in sorted(shipped.path("rules").rglob("*.yaml")) if "packs" not in path.parts]


def wrong(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """What of the value the schema does not allow: the part of draft 7 that our schemas use."""
    if "$ref" in schema:
        return wrong(value, root["definitions"][schema["$ref"].removeprefix("#/definitions/")], root)
    if "anyOf" in schema:
        found = [wrong(value, one, root) for one in schema["anyOf"]]
        if [] not in found or "type" not in schema:
            return [] if [] in found else max(found, key=len)
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{value!r} is none of {schema['enum']}"]
    if "required" in schema and "type" not in schema:
        return [f"{key} is missing" for key in schema["required"] if key not in value]
    kinds = {"object": dict, "array": list, "string": str, "number": float, "boolean": bool, "integer": int}
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not (value is None if names == ["null"] else isinstance(value, tuple(kinds[one] for one in names))):
        return [f"{value!r} is not {names}"]
    if isinstance(value, list):
        return [said for item in value for said in wrong(item, schema["items"], root)]
    if not isinstance(value, dict):
        return []
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    said = [f"{key} is missing" for key in schema.get("required", ()) if key not in value]
    pattern = schema.get("propertyNames", {}).get("pattern", "")
    for key, inner in value.items():
        if not re.search(pattern, key):
            said.append(f"{key} is no name")
        elif key in properties:
            said += wrong(inner, properties[key], root)
        elif rest is False:
            said.append(f"there is no {key}")
        elif isinstance(rest, dict):
            said += wrong(inner, rest, root)
    return said


def mistakes(file: str, text: str) -> list[str]:
    tree = read_tree(file, text, Report())
    assert tree is not None
    folder, _, _ = file.rpartition("/")
    schema = SCHEMAS[FILES[file] if file in FILES else FILES[f"{folder}/"]]
    return wrong(tree.root.plain(), schema, schema)


@pytest.mark.parametrize("path", FIRM, ids=lambda path: path.name)
def test_the_demo_firm_passes(path: Path) -> None:
    name = path.relative_to(shipped.path("rules")).as_posix()
    assert mistakes(name, path.read_text()) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("roles.yaml", "x: {nmae: y}"),
        ("roles.yaml", "Große Rolle: {name: y}"),
        ("roles.yaml", "x: {}"),
        ("case-types.yaml", "x: {name: y, chain: amsel}"),
        ("case-types.yaml", "x: {name: y, role: z, when: {not: {sender: [uncle]}}}"),
        ("absences.yaml", "staff: x"),
        ("commands.yaml", "acept: [x]"),
        ("properties/x.yaml", "street: x"),
        ("tests/x.yaml", "- {name: x, at: y, mail: {from: z}, expect: {assigne: a}}"),
    ],
)
def test_what_is_wrong_is_marked(file: str, text: str) -> None:
    assert mistakes(file, text) != []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("case-types.yaml", "x: {name: y, role: z, when: always}"),
        ("case-types.yaml", "x: {name: {de: y}, role: z, inform: a, evidence: {rechnung: 3}, urgency: '2'}"),
        ("case-types.yaml", "x:\n  name: y\n  role: z\n  deadlines:\n"),
        (
            "organisation.yaml",
            "{id: a, name: b, inboxes: {address: c}, triage_role: d, calendar: e, packs: f}",
        ),
    ],
)
def test_every_way_of_writing_it_passes(file: str, text: str) -> None:
    assert mistakes(file, text) == []


def keys(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every key of a schema, with its model and what is said of it."""
    for model, definition in (SCHEMAS[name].get("definitions") or {name: SCHEMAS[name]}).items():
        for key, said in definition["properties"].items():
            yield model, key, said


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_in_german_and_english_what_it_means_and_shows_an_example(name: str) -> None:
    """Issue 7, part 6."""
    found = list(keys(name))
    assert found
    for model, key, said in found:
        assert said["description"].count("\n\n") == 1, (model, key, said["description"])
        assert len(said["examples"]) == 1, (model, key)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_example_is_right_for_the_editor_and_for_the_reader(name: str) -> None:
    for model, key, said in keys(name):
        [example] = said["examples"]
        assert wrong(as_text(example), said, SCHEMAS[name]) == [], (model, key)
        fields = MODELS[model].model_fields if model in MODELS else {}
        field = next((one for field, one in fields.items() if key in (field, one.alias)), None)
        if field is not None:
            # The types of fields are whatever types can say.
            TypeAdapter(Annotated[field.annotation, None, *field.metadata]).validate_python(as_text(example))


def as_text(value: Any) -> Any:
    """As our own reader has it: every scalar is a text."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(one) for one in value]
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def test_no_explanation_is_for_a_key_that_is_no_more() -> None:
    known = {f"{model}.{key}" for name in SCHEMAS for model, key, _ in keys(name)}
    known |= {f"*.{one.partition('.')[2]}" for one in known}
    assert set(GERMAN) - known == set()
    assert set(EXPLAINED) - known == set()


def test_init_names_the_schema_in_every_file(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "site")]) == 0
    rules = tmp_path / "site" / "rules"
    for file in rules.rglob("*.yaml"):
        first = file.read_text().split("\n", 1)[0]
        schema = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
        assert json.loads(schema.read_text()) == SCHEMAS[schema.name.removesuffix(".schema.json")]
    assert main(["check", str(rules)]) == 0
    assert comment("people.csv") == ""
