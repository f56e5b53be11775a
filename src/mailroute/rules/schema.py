"""What may stand in which file: one pydantic model per kind of entry. Unknown keys are errors.

The models hold plain values; references are followed in `link`. Descriptions are shown by editors (JSON Schema)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from mailroute.model.text import Text
from mailroute.rules import values as v
from mailroute.rules.deadline_schema import DeadlinesEntry
from mailroute.rules.entry import Entry
from mailroute.rules.firms import EmailOrDomain, FirmDomain
from mailroute.rules.hours import Closed, Hours, Week, week
from mailroute.rules.report import quoted
from mailroute.rules.when_schema import WhenEntry


class Dated(Entry):
    """Something that is valid from its first day to its last day, both included."""

    since: v.Day | None = Field(None, alias="from", description="First day; empty: since ever")
    until: v.Day | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_order(self.since, self.until)
        return self


def _check_order(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise v.wrong(
            "MR220", f"the last day ({until}) lies before the first day ({since})", "Check the years."
        )


class Wording(Entry):
    """A text in German and English."""

    de: v.Paragraph
    en: v.Paragraph = ""


def _wording(value: object) -> object:
    # One text for all languages is the common case in a German firm.
    if isinstance(value, list):
        raise v.wrong("MR203", "one text is expected here, no list", "Write it, or `{de: …, en: …}`.")
    return {"de": value} if isinstance(value, str) else value


Label = Annotated[Wording, BeforeValidator(_wording)]


def text_of(label: Wording) -> Text:
    """The label as the model's value."""
    return Text(label.de, label.en)


# --- organisation.yaml, roles.yaml, staff.yaml, absences.yaml, partners.yaml, commands.yaml -------------------


class InboxEntry(Entry):
    """An address we receive at."""

    address: v.Email
    name: v.Line = Field("", description="Display name of our letters; empty: the organisation's name")
    reply: v.Reply = Field("plus", description="How replies find their ticket: plus, catchall or body")


class StormsEntry(Entry):
    """How much people are told of in an hour; what is more is kept without a letter for each mail."""

    tickets_per_sender: v.Allowance = 20
    letters_per_ticket: v.Allowance = 20
    tickets_per_case_type: v.Allowance = 100
    mails: v.Allowance = 1000


class PackUse(Entry):
    """A pack that the site takes in, and what stands before its ids here."""

    pack: v.Id
    prefix: v.Id | None = None


def _packs(value: object) -> object:
    """`property-de` or `{pack: property-de, prefix: p-}`, one or a list of them."""
    uses = [value] if isinstance(value, dict) else v.listed(value)
    return [{"pack": use} if isinstance(use, str) else use for use in uses]


class OrganisationEntry(Entry):
    """organisation.yaml: who we are."""

    id: v.Id
    name: v.Name
    language: v.Language = "de"
    inboxes: v.Some[InboxEntry] = Field(min_length=1)
    triage_role: v.Ref
    fallback_role: v.Ref | None = None
    calendar: v.Ref
    footer: Label = Wording(de="")
    answer_hold: v.Span = v.Duration(2, 0)
    emergency_phone: v.Line | None = None
    management_role: v.Ref | None = None
    administrator_role: v.Ref | None = None
    multiple: v.Splitting = "offer"
    cluster_within: v.Span = v.Duration(24 * 60, 0)
    deadlines: DeadlinesEntry = DeadlinesEntry()
    storms: StormsEntry = StormsEntry()
    trusted_feeds: v.Some[v.Name] = ()
    features: v.Some[v.Feature] = ()
    calculators: dict[v.Id, v.HttpsLink] = Field(default_factory=dict)
    external_steps: v.Some[v.Ref] = ("angebot",)
    lead_role: v.Ref | None = None
    packs: Annotated[tuple[PackUse, ...], BeforeValidator(_packs)] = ()


class PackableEntry(Entry):
    """What a pack may define too: with `override`, what is not written stays as the pack has it."""

    override: v.YesNo = Field(False, description="Whether it changes what a pack defines under this id")
    name: Label = Wording(de="")

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if not self.name.de and not (self.override and "name" not in self.model_fields_set):
            raise v.wrong("MR202", "`name` is missing or empty", "Write `name: …`.")
        return self


class RoleEntry(PackableEntry):
    """A job in roles.yaml."""

    site_wide: v.Some[v.Ref] = Field((), description="Who holds it where a property names nobody")
    distribution: v.Distribution = "first"


class StaffEntry(Entry):
    """Somebody in staff.yaml."""

    name: v.Name
    email: v.Email
    also: v.Some[v.Email] = ()
    language: v.Language | None = None
    calendar: v.Ref | None = None
    roles_for_new_properties: v.Some[v.Ref] = ()
    active: v.YesNo = True
    phone: v.Line = ""
    alarm: v.Email | None = None
    digest: v.YesNo | None = None
    quiet_hours: v.YesNo | None = None


class AbsenceEntry(Dated):
    """Somebody is away."""

    staff: v.Ref
    since: v.Day = Field(alias="from")
    until: v.Day = Field(alias="to")
    deputy: v.Ref | None = None
    half: v.HalfOfDay | None = None
    open_tickets: v.YesNo = False


class PartnerEntry(Entry):
    """Another organisation or an outside firm."""

    name: v.Name
    email: v.Email = ""
    domain: v.Some[FirmDomain] = ()
    order: v.Order = 100
    organisation: v.Id | None = None
    calendar: v.Ref | None = None
    case_types: v.Some[v.Ref] = ()

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if not self.email and self.organisation is None:
            raise v.wrong(
                "MR202", "`email` is missing", "Write where the firm is asked, or which `organisation` it is."
            )
        return self


# --- calendars.yaml ------------------------------------------------------------------------------------------


class CalendarEntry(Entry):
    """When somebody works. `week` is `hours` by weekday, Monday first."""

    hours: Hours
    zone: v.Zone = "Europe/Berlin"
    region: v.Region | None = None
    closed: Closed = frozenset()
    working_days: v.WorkingDays = "mo-fr"
    saturday_end: v.SaturdayEnd = "counts"

    @property
    def week(self) -> Week:
        return week(self.hours)

    @model_validator(mode="after")
    def _no_day_twice(self) -> Self:
        week(self.hours)
        return self


# --- case-types.yaml -----------------------------------------------------------------------------------------


# `- rechnung:3`: YAML takes it for one word.
_GLUED_WEIGHT = re.compile(r"(.*\S):([+-]?\d+(?:[.,]\d+)?)")


def _evidence(value: object) -> object:
    """A list of words (weight 1) and `word: weight`, or one mapping → list of one-entry mappings."""
    if isinstance(value, dict):
        return [{key: number} for key, number in value.items()]
    if not isinstance(value, list):
        raise v.wrong("MR203", "evidence is a list of words", "Write `- heizung` or `- heizung: 2` per line.")
    for index, item in enumerate(value):
        glued = _GLUED_WEIGHT.fullmatch(item) if isinstance(item, str) else None
        if glued:
            message = f"the blank behind the colon of {quoted(glued[0])} is missing"
            raise v.wrong("MR207", message, f"Write `- {glued[1]}: {glued[2]}`.", at=(index,))
    return [{item: "1"} if isinstance(item, str) else item for item in value]


class CaseTypeEntry(PackableEntry):
    """A kind of matter."""

    role: v.Ref | None = None
    chain: v.ChainLinks | None = None
    inform: v.Some[v.Ref] = ()
    urgency: v.Urgency = 3
    when: WhenEntry | None = None
    evidence: Annotated[tuple[dict[v.Name, v.Weight], ...], BeforeValidator(_evidence)] = ()
    deadlines: DeadlinesEntry = DeadlinesEntry()
    emergency: v.YesNo = False
    right: v.RightName = "messages"
    needs: v.Some[v.FactNeeded] = ()
    cluster: v.YesNo = False
    accounts: v.YesNo = False

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        said = [one for one in (self.role, self.chain) if one is not None]
        if len(said) != 1 and not (self.override and not said):
            remedy = "Write `role: …` (who holds it for the property) or `chain: ams5` (who looks after the contract)."
            raise v.wrong("MR216", "a case type has exactly one of `role` and `chain`", remedy)
        return self


# --- the directory -------------------------------------------------------------------------------------------


class PersonEntry(Dated):
    """A tenant or owner of a unit, written where the unit is."""

    name: v.Name
    id: v.Name | None = None
    email: v.Some[EmailOrDomain] = ()
    language: v.Language | None = None
    number: v.Some[v.Name] = ()
    phone: v.Some[v.Name] = ()
    iban: v.Some[v.Name] = ()
    release: v.Some[v.Released] = ()


def _people(value: object) -> list[Any]:
    # One tenant needs no list.
    return [value] if isinstance(value, dict) else v.listed(value)


People = Annotated[tuple[PersonEntry, ...], BeforeValidator(_people)]


class UnitEntry(Entry):
    """A flat, shop or parking space."""

    id: v.Id | None = None
    tenants: People = ()
    owners: People = ()


def _units(value: object) -> object:
    # Anything else in the list is for the reader to complain of.
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return {name: {} for name in value}
    return value


class PropertyEntry(Dated):
    """One building with an address."""

    id: v.Id | None = None
    name: v.Line = ""
    street: v.Name
    house_number: v.HouseNumber
    postcode: v.Postcode
    town: v.Name
    aliases: v.Some[v.Name] = ()
    calendar: v.Ref | None = None
    roles: dict[v.Ref, v.Some[v.Ref]] = Field(default_factory=dict)
    board: People = ()
    units: Annotated[dict[v.Name, UnitEntry | None], BeforeValidator(_units)] = Field(default_factory=dict)


# Rows come by the 100,000; a slotted dataclass needs a third of a model's memory.
_ROW = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True, config=_ROW)
class PersonRow:
    """One line of people.csv."""

    id: v.Name | None = None
    name: v.Name
    email: v.Some[EmailOrDomain] = ()
    language: v.Language | None = None
    number: v.Some[v.Name] = ()
    phone: v.Some[v.Name] = ()
    iban: v.Some[v.Name] = ()
    release: v.Some[v.Released] = ()
    relation: v.Relationship = "tenant"
    property: v.Ref | None = None
    unit: v.Name | None = None
    since: v.Day | None = Field(None, alias="from")
    until: v.Day | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_order(self.since, self.until)
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=_ROW)
class ContractRow:
    """One line of contracts.csv or contracts/*.csv."""

    contract: v.Name
    id: v.Name | None = None
    also: v.Some[v.Name] = ()
    property: v.Ref | None = None
    unit: v.Name | None = None
    line_of_business: v.Line = ""
    party: v.Name | None = None
    email: v.Some[v.Email] = ()
    status: v.Line = ""
    adviser: v.Ref | None = None
    clerk: v.Ref | None = None
    since: v.Day | None = Field(None, alias="from")
    until: v.Day | None = Field(None, alias="to")
    offered_on: v.Day | None = None
    applied_on: v.Day | None = None
    documented_on: v.Day | None = None
    product: v.Line = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_order(self.since, self.until)
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=_ROW)
class ResponsibilityRow:
    """One line of responsibilities.csv; several with one property and role are the holder and the deputies."""

    property: v.Ref
    role: v.Ref
    staff: v.Ref


def columns_of(model: type[object]) -> dict[str, bool]:
    """The columns of a CSV file of such rows, and whether each must be there."""
    if model is PropertyEntry:
        columns = {one.alias or name: one.is_required() for name, one in PropertyEntry.model_fields.items()}
        # The board of a property is for its YAML file; and without a file name there must be an id.
        return {name: required for name, required in columns.items() if name != "board"} | {"id": True}
    fields: dict[str, FieldInfo] = vars(model)["__pydantic_fields__"]
    return {one.alias or name: one.is_required() for name, one in fields.items()}
