"""What pydantic found → sentences with a place and a remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailroute.rules.codes import CODES
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.tree import Path

# What we ask for the place of a path: (path, key itself?) → place.
SpotOf = Callable[[Path, bool], Spot]


def report_problems(
    error: ValidationError, model: type[BaseModel] | None, spot_of: SpotOf, report: Report
) -> None:
    """Report every mistake of one entry. `model` None: a row, whose columns have been looked at before."""
    found = error.errors(include_url=False)
    wrong_within = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    for one in found:
        # A list all of whose entries are wrong is not empty.
        if one["type"] != "too_short" or one["loc"] not in wrong_within:
            _report(one, model, spot_of, report)


def _report(one: ErrorDetails, model: type[BaseModel] | None, spot_of: SpotOf, report: Report) -> None:
    kind, context = one["type"], one.get("ctx", {})
    place = (*one["loc"], *context.get("at", ()))
    path = tuple(part for part in place if part != "[key]")
    of_key = "[key]" in place
    last = str(path[-1]) if path else ""
    if kind == "MR220":
        path = (*path, "to")
    if kind in CODES:
        report.add(kind, spot_of(path, of_key), context["message"], context["remedy"])
    elif kind == "extra_forbidden":
        report.add("MR201", spot_of(path, True), *_no_such_key(last, one["input"], keys_at(model, path[:-1])))
    elif kind == "missing":
        remedy = f"Write `{last}: …`." if model else "Fill the cell."
        report.add("MR202", spot_of(path, True), f"{quoted(last)} is missing or empty", remedy)
    elif kind == "too_short":
        report.add("MR202", spot_of(path, False), f"{quoted(last)} needs at least one entry", "Add one.")
    else:
        report.add("MR203", spot_of(path, False), "a mapping of keys and values is expected here", _MAPPING)


def _no_such_key(key: str, value: object, known: list[str]) -> tuple[str, str]:
    """What is wrong with a key that is none, and what was probably meant."""
    name, colon, rest = key.partition(":")
    if value is None and colon and name in known:
        return (
            f"the blank behind the colon of {quoted(key)} is missing",
            f"Write {quoted(f'{name}: {rest}')}.",
        )
    remedy = nearest(key, known)
    if value is None:
        remedy = 'Text with a comma in it stands in quotation marks: `"Koch, Ada"`. ' + remedy
    return f"there is no key {quoted(key)} here", remedy


_MAPPING = "Write lines of `key: value`, indented under this key."


def keys_at(model: type[BaseModel] | None, path: Path) -> list[str]:
    """The keys that are possible where `path` leads in an entry of that model."""
    kind: Any = model
    for part in path:
        if _is_model(kind):
            kind = next((f.annotation for n, f in kind.model_fields.items() if part in (n, f.alias)), None)
            kind = _unwrapped(kind)
        else:
            arguments = [one for one in get_args(kind) if one is not Ellipsis]
            kind = _unwrapped(arguments[-1]) if arguments else None
    if not _is_model(kind):
        return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _unwrapped(kind: Any) -> Any:
    """`Annotated[X | None, …]` → X."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
            continue
        inner = [one for one in get_args(kind) if one is not type(None)]
        if type(None) in get_args(kind) and len(inner) == 1:
            kind = inner[0]
            continue
        return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
