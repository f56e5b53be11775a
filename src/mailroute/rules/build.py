"""Checked entries → the frozen values of the model. Nothing can go wrong here any more; nothing is looked up twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from mailroute.model import ruleset as m
from mailroute.model.absence import Half
from mailroute.model.calendar import MONDAY_TO_FRIDAY, MONDAY_TO_SATURDAY, Calendar
from mailroute.model.directory import Contract, Directory, Property, Responsibility, Unit, Validity
from mailroute.model.grant import Right
from mailroute.model.need import Need
from mailroute.model.weights import ALL
from mailroute.rules import schema as s
from mailroute.rules.conditions import condition
from mailroute.rules.deadline_schema import WITHOUT_LADDER, DeadlinesEntry
from mailroute.rules.files import Files, ruleset_hash
from mailroute.rules.grants import build_grants
from mailroute.rules.learned import LearnedWords
from mailroute.rules.persons import Mention, Register
from mailroute.rules.reader import Entries, Entry, Pack
from mailroute.rules.report import Report
from mailroute.rules.shared_addresses import shared_by_contracts
from mailroute.rules.site_model import build_site_model
from mailroute.rules.units import Units, id_of_unit
from mailroute.rules.values import Duration

# What counts where neither the case type nor organisation.yaml says anything.
_ORDINARY = DeadlinesEntry.model_validate(
    {
        "remind_after": "1d",
        "remind_every": "1d",
        "escalate_after": "3d",
        "done_within": "10d",
        "wall_clock": "no",
    }
)
_EMERGENCY = DeadlinesEntry.model_validate(
    {
        "remind_after": "15m",
        "remind_every": "15m",
        "escalate_after": "30m",
        "done_within": "1d",
        "wall_clock": "yes",
    }
)


def build_ruleset(entries: Entries, organisation: Entry[s.OrganisationEntry], files: Files) -> m.Ruleset:
    """The ruleset of entries that have no errors."""
    value = organisation.value
    return m.Ruleset(
        hash=ruleset_hash(files),
        organisation=_organisation(organisation, entries),
        roles=tuple(
            m.Role(
                one.id,
                s.text_of(one.value.name),
                tuple(one.value.site_wide),
                one.source(),
                round_robin=one.value.distribution == "round-robin",
            )
            for one in entries.roles.values()
        ),
        staff=tuple(_staff(one, value) for one in entries.staff.values()),
        case_types=tuple(_case_type(one, entries) for one in entries.case_types.values()),
        calendars=tuple(build_calendar(one) for one in entries.calendars.values()),
        absences=tuple(_absence(one) for one in entries.absences),
        partners=tuple(_partner(one, value) for one in entries.partners.values()),
        spellings=tuple(m.Spelling(one.verb, one.text) for one in entries.spellings),
        learned=tuple(
            _learned(use, pack, pack.learned, entries)
            for use in value.packs
            if (pack := entries.packs[use.pack]).learned is not None
        ),
        site_model=build_site_model(entries.site_model, dict(files).get("model.csv", "")),
        files=files,
    )


def build_directory(entries: Entries, units: Units, people: Sequence[Mention], report: Report) -> Directory:
    """The directory of entries that have no errors. Reports what looks odd about people."""
    register = Register(report, shared_by_contracts(entries.contracts, report))
    # Those with an id first, so that others find them by their address.
    for said in sorted(people, key=lambda said: said.id is None):
        register.add(said)
    contracts = {one.id: one for one in reversed(entries.contracts)}
    return Directory(
        properties=tuple(_property(one, entries) for one in entries.properties),
        people=register.people(),
        contracts=tuple(_contract(one, units, register) for one in reversed(contracts.values())),
        grants=build_grants(entries, people, register.by_address()),
    )


def build_calendar(one: Entry[s.CalendarEntry]) -> Calendar:
    """One calendar."""
    value = one.value
    return Calendar(
        one.id,
        value.zone,
        value.week,
        value.region,
        value.closed,
        working_days=MONDAY_TO_SATURDAY if value.working_days == "mo-sa" else MONDAY_TO_FRIDAY,
        saturday_end_moves=value.saturday_end == "moves",
    )


def build_deadlines(own: DeadlinesEntry, entries: Entries, *, emergency: bool = False) -> m.Deadlines:
    """The spans of a case type: its own, else the organisation's, else ours; days as working time of the
    organisation's calendar, or as 24 hours on the wall clock.
    """
    assert entries.organisation is not None
    inherited = (own, _EMERGENCY) if emergency else (own, entries.organisation.value.deadlines, _ORDINARY)
    wall_clock = next(one.wall_clock for one in inherited if one.wall_clock is not None)
    calendar = build_calendar(entries.calendars[entries.organisation.value.calendar])

    def span(name: str) -> timedelta | None:
        found = next((value for one in inherited if (value := getattr(one, name)) is not None), None)
        assert found is None or isinstance(found, Duration)
        if found is None:
            return None
        return found.wall() if wall_clock else found.working(calendar)

    remind_after, remind_every = span("remind_after"), span("remind_every")
    assert remind_after is not None
    assert remind_every is not None
    react_within = span("react_within")
    ladder = _ladder(inherited, react_within or remind_after, None if wall_clock else calendar)
    return m.Deadlines(
        remind_after,
        remind_every,
        span("escalate_after"),
        span("done_within"),
        wall_clock,
        react_within,
        ladder,
    )


def _ladder(
    inherited: Sequence[DeadlinesEntry], whole: timedelta, calendar: Calendar | None
) -> tuple[m.Rung, ...]:
    """The ladder, unless what stands nearer says it in the other way. `calendar` None: on the wall clock."""
    said = next((one for one in inherited if one.ladder or _says_without_ladder(one)), None)
    rungs = said.ladder if said is not None and said.ladder else ()

    def length(at: int | Duration) -> timedelta:
        if isinstance(at, int):
            return timedelta(minutes=round(whole.total_seconds() / 60 * at / 100))
        return at.working(calendar) if calendar is not None else at.wall()

    return tuple(
        m.Rung(length(one.at or one.every or 100), tuple(m.Rank(rank) for rank in one.to), one.at is None)
        for one in rungs
    )


def _says_without_ladder(one: DeadlinesEntry) -> bool:
    return any(getattr(one, name) is not None for name in WITHOUT_LADDER)


def _organisation(one: Entry[s.OrganisationEntry], entries: Entries) -> m.Organisation:
    value = one.value
    return m.Organisation(
        id=value.id,
        name=value.name,
        language=value.language,
        inboxes=tuple(
            m.Inbox(inbox.address, inbox.name or value.name, m.ReplyMode(inbox.reply))
            for inbox in value.inboxes
        ),
        triage_role=value.triage_role,
        fallback_role=value.fallback_role,
        calendar=value.calendar,
        footer=s.text_of(value.footer),
        answer_hold=value.answer_hold.wall(),
        emergency_phone=value.emergency_phone,
        trusted_feeds=tuple(value.trusted_feeds),
        features=tuple(value.features),
        management_role=value.management_role,
        administrator_role=value.administrator_role,
        multiple=m.Multiple(value.multiple),
        cluster_within=value.cluster_within.wall(),
        lead_role=value.lead_role,
        deadlines=build_deadlines(value.deadlines, entries),
        external_steps=tuple(value.external_steps),
        storms=m.Storms(**value.storms.model_dump()),
        settings=tuple((key, one.source(key)) for key in sorted(value.model_fields_set)),
    )


def _staff(one: Entry[s.StaffEntry], organisation: s.OrganisationEntry) -> m.Staff:
    value = one.value
    return m.Staff(
        id=one.id,
        name=value.name,
        address=value.email,
        also=tuple(value.also),
        language=value.language or organisation.language,
        calendar=value.calendar or organisation.calendar,
        roles_for_new_properties=tuple(value.roles_for_new_properties),
        active=value.active,
        source=one.source(),
        phone=value.phone,
        alarm=value.alarm or "",
        digest=_either(value.digest, "digest" in organisation.features),
        quiet_hours=_either(value.quiet_hours, "quiet-hours" in organisation.features),
    )


def _either(own: bool | None, everybody: bool) -> bool:
    return everybody if own is None else own


def _absence(one: Entry[s.AbsenceEntry]) -> m.Absence:
    value = one.value
    half = Half(value.half) if value.half else None
    return m.Absence(
        value.staff, value.since, value.until, value.deputy, one.source(), half, value.open_tickets
    )


def _partner(one: Entry[s.PartnerEntry], organisation: s.OrganisationEntry) -> m.Partner:
    value = one.value
    calendar = value.calendar or organisation.calendar
    return m.Partner(
        one.id,
        value.name,
        value.email,
        value.order,
        value.organisation,
        calendar,
        one.source(),
        tuple(value.case_types),
        tuple(value.domain),
    )


def _learned(use: s.PackUse, pack: Pack, learned: LearnedWords, entries: Entries) -> m.Learned:
    prefix = use.prefix or ""

    def bar_of(name: str) -> float:
        # The bar of an emergency is a lead; where the site says that it is none, it needs the score of everything else.
        used, shipped = entries.case_types.get(prefix + name), pack.case_types[name]
        is_other = used is not None and used.value.emergency != shipped.value.emergency
        return learned.bar_of(ALL if is_other else name)

    bars = tuple((prefix + name, bar_of(name)) for name in pack.case_types)
    meanings = pack.together.meanings if pack.together is not None else None
    return m.Learned(f"packs/{use.pack}", bars, learned.words, prefix, meanings)


def _case_type(one: Entry[s.CaseTypeEntry], entries: Entries) -> m.CaseType:
    value = one.value
    target = (
        m.ToRole(value.role) if value.role else m.ToChain(tuple(m.Link(one) for one in value.chain or ()))
    )
    evidence = {text: weight for words in value.evidence for text, weight in words.items()}
    return m.CaseType(
        id=one.id,
        name=s.text_of(value.name),
        target=target,
        inform=tuple(value.inform),
        urgency=value.urgency,
        when=condition(value.when) if value.when is not None else None,
        evidence=tuple(m.Evidence(text, weight) for text, weight in evidence.items()),
        deadlines=build_deadlines(value.deadlines, entries, emergency=value.emergency),
        emergency=value.emergency,
        right=Right(value.right),
        needs=tuple(Need(one) for one in value.needs),
        source=one.source(),
        cluster=value.cluster,
        accounts=value.accounts,
    )


def _property(one: Entry[s.PropertyEntry], entries: Entries) -> Property:
    value, source = one.value, one.source()

    def own(part: m.Source) -> m.Source | None:
        return part if part != source else None

    return Property(
        id=one.id,
        name=value.name,
        street=value.street,
        house_number=value.house_number,
        postcode=value.postcode,
        town=value.town,
        aliases=tuple(value.aliases),
        units=tuple(
            Unit(id_of_unit(one.id, name, unit), one.id, name, own(one.source("units", name)))
            for name, unit in value.units.items()
        ),
        responsibilities=tuple(
            Responsibility(
                role, tuple(holders), own(entries.listed.get((one.id, role)) or one.source("roles", role))
            )
            for role, holders in value.roles.items()
            if holders
        ),
        calendar=value.calendar,
        validity=Validity(value.since, value.until),
        source=source,
    )


def _contract(one: Entry[s.ContractRow], units: Units, register: Register) -> Contract:
    value = one.value
    unit = units.find(value.property, value.unit) if value.unit else None
    return Contract(
        id=one.id,
        number=value.contract,
        property=value.property or (units.property_of.get(unit) if unit else None),
        unit=unit,
        line_of_business=value.line_of_business,
        status=value.status,
        adviser=value.adviser,
        clerk=value.clerk,
        also=tuple(value.also),
        parties=register.parties(one.id),
        validity=Validity(value.since, value.until),
        offered_on=value.offered_on,
        applied_on=value.applied_on,
        documented_on=value.documented_on,
        product=value.product,
        source=one.source(),
    )
