"""The only columns that hold personal data: what retention, erasure and export are to be built on (design §8a)."""

from __future__ import annotations

PERSONAL = {
    "mail": ("mail_from", "content"),
    "intake": ("conversation",),
    "person": ("name", "addresses", "occupancies", "numbers", "phones", "ibans", "release"),
    "ticket": ("subject", "reporter_name", "reporter_address"),
    "event": ("actor_name", "actor_address", "body"),
    "ticket_party": ("name", "address"),
    "ticket_word": ("word",),
    "outbox": ("to_name", "to_address", "subject", "content"),
    "decision": ("trace", "routing", "facts"),
    "acknowledgement": ("address",),
    "customer_grant": ("body",),
    "grant_member": ("address",),
    "invitation": ("address",),
    "view_as": ("address",),
    "reading": ("address",),
    "choice": ("address",),
    "absence": ("staff", "first_day", "last_day", "deputy"),
    "gathered": ("reader", "words"),
    "further_reporter": ("address", "subject"),
    "sign_in_request": ("address",),
    "sign_in": ("address",),
    "web_session": ("address",),
    "staff_event": ("staff", "body"),
}
