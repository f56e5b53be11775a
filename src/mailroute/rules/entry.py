"""What every entry of every file shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator

from mailroute.rules import values as v


class Entry(BaseModel):
    """What all entries share: nothing unknown is accepted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _is_mapping(cls, value: object) -> object:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise v.wrong(
                "MR203", "a mapping of keys and values is expected here", "Write `key: value` lines."
            )
        # A key with an empty value says nothing; one that does not exist is a slip all the same.
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: inner for key, inner in value.items() if inner is not None or key not in known}
