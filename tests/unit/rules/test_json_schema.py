"""The JSON Schemas for editors say what the models say: the demo firm passes, wrong keys and words do not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mailroute import shipped
from mailroute.cli.main import main
from mailroute.rules.json_schema import FILES, comment, schemas
from mailroute.rules.report import Report
from mailroute.rules.tree import read_tree

SCHEMAS = schemas()
FIRM = [path for path in sorted(shipped.path("rules").rglob("*.yaml")) if "packs" not in path.parts]


def wrong(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> list[str]:
    """What of the value the schema does not allow: the part of draft 7 that our schemas use."""
    if "$ref" in schema:
        return wrong(value, root["definitions"][schema["$ref"].removeprefix("#/definitions/")], root)
    if "anyOf" in schema:
        found = [wrong(value, one, root) for one in schema["anyOf"]]
        return [] if [] in found else max(found, key=len)
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{value!r} is none of {schema['enum']}"]
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


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_what_it_means(name: str) -> None:
    for model, definition in SCHEMAS[name].get("definitions", {}).items():
        silent = [key for key, one in definition["properties"].items() if not one.get("description")]
        assert (model, silent) == (model, [])


def test_init_names_the_schema_in_every_file(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "site")]) == 0
    rules = tmp_path / "site" / "rules"
    for file in rules.rglob("*.yaml"):
        first = file.read_text().split("\n", 1)[0]
        schema = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
        assert json.loads(schema.read_text()) == SCHEMAS[schema.name.removesuffix(".schema.json")]
    assert main(["check", str(rules)]) == 0
    assert comment("people.csv") == ""
