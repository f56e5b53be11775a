"""What may stand under `when`: the closed vocabulary of conditions (design §6), as a person writes it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from mailroute.rules import values as v
from mailroute.rules.entry import Entry


def _header(value: object) -> object:
    if isinstance(value, str):
        remedy = f'Write `{{{value}: text}}` for what the field contains, or `{{{value}: ""}}` if it need only be there.'
        raise v.wrong("MR203", "the name of a header field and what it contains are expected here", remedy)
    return value


class WhenEntry(Entry):
    """A condition. Several keys beside each other must all hold."""

    words: v.Some[v.Word] | None = None
    phrase: v.Some[v.Name] | None = None
    regex: v.Pattern | None = None
    sender: v.Some[v.Kind] | None = None
    from_: v.Some[v.Email] | None = Field(None, alias="from")
    domain: v.Some[v.Domain] | None = None
    inbox: v.Some[v.Email] | None = None
    header: Annotated[dict[v.Name, v.Line], BeforeValidator(_header)] | None = None
    attachment: v.Some[v.Name] | None = None
    language: v.Some[v.Language] | None = None
    all: v.Some[WhenEntry] | None = None
    any: v.Some[WhenEntry] | None = None
    not_: WhenEntry | None = Field(None, alias="not")
    always: v.YesNo | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_mapping(cls, value: object) -> object:
        if value == "always":
            return {"always": "yes"}
        if isinstance(value, list):
            raise v.wrong(
                "MR215", "a list of conditions is not clear", "Write `any:` or `all:` above the list."
            )
        if not isinstance(value, dict) or not any(value.values()):
            remedy = "Write a key like `words: [rohrbruch]`, or `always: yes`."
            raise v.wrong("MR215", "this condition says nothing", remedy)
        if value.get("always") == "no":
            raise v.wrong("MR215", "`always: no` would never hold", "Remove the condition.")
        return {key: inner for key, inner in value.items() if inner is not None}
