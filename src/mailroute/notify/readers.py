"""Which letters may go to whom: a notice for anybody else becomes no letter."""

from __future__ import annotations

from mailroute.model.letter import Template
from mailroute.model.ticket import PartyKind

CUSTOMER_KINDS = frozenset((PartyKind.TENANT, PartyKind.OWNER, PartyKind.CUSTOMER, PartyKind.UNKNOWN))
FOR_CUSTOMERS = frozenset(
    (
        Template.ACKNOWLEDGEMENT,
        Template.ANSWER,
        Template.CLOSED,
        Template.REOPENED,
        Template.SPLIT,
        Template.SHARED,
        Template.SHARED_DAILY,
        Template.REFUSED,
        Template.REROUTED,
        Template.UNANSWERED,
        Template.INVITATION,
        Template.INVITATION_CONFIRMED,
        Template.SIGN_IN,
    )
)
FOR_PARTNERS_WHO_HAVE_IT = frozenset(
    (Template.PARTNER_ACCEPTED, Template.PARTNER_MESSAGE, Template.PARTNER_REMINDER)
)
FOR_FIRMS = frozenset((Template.EXTERNAL_ORDER, Template.EXTERNAL_CHANGES))
FOR_OUTSIDE = FOR_PARTNERS_WHO_HAVE_IT | FOR_FIRMS | {
    Template.PARTNER_OFFER, Template.PARTNER_EXPIRED, Template.PARTNER_RECEIPT,
}  # fmt: skip
