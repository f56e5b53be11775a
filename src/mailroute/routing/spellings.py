"""How the verbs are spelt, and what people write instead of them."""

from __future__ import annotations

from mailroute.model.ruleset import Spelling

SHIPPED = (
    Spelling("accept", "annehmen"),
    Spelling("accept", "accept"),
    Spelling("take", "übernehmen"),
    Spelling("take", "take"),
    Spelling("reject", "ablehnen"),
    Spelling("reject", "reject"),
    Spelling("assign", "weiter an"),
    Spelling("assign", "assign"),
    Spelling("assign", "assign to"),
    Spelling("revoke", "widerrufen"),
    Spelling("revoke", "revoke"),
    Spelling("note", "notiz"),
    Spelling("note", "note"),
    Spelling("close", "erledigt"),
    Spelling("close", "close"),
    Spelling("reopen", "wieder öffnen"),
    Spelling("reopen", "reopen"),
    Spelling("type", "typ"),
    Spelling("type", "type"),
    Spelling("property", "objekt"),
    Spelling("property", "property"),
    Spelling("follow-up", "frist"),
    Spelling("follow-up", "wiedervorlage"),
    Spelling("follow-up", "follow up"),
    Spelling("follow-up", "follow-up"),
    Spelling("undo", "rückgängig"),
    Spelling("undo", "undo"),
    Spelling("help", "hilfe"),
    Spelling("help", "help"),
    Spelling("send", "senden"),
    Spelling("send", "send"),
)

# What people write instead of a verb. Alone on the first line they are never meant for a customer.
INSTEAD = {
    "annehmen": (
        "angenommen",
        "nehme ich an",
        "nehme an",
        "akzeptiert",
        "accepted",
        "ok",
        "okay",
    ),
    "übernehmen": ("übernommen", "übernehme ich", "übernehme", "taken", "ich mach das", "mache ich"),
    "ablehnen": ("abgelehnt", "lehne ab", "lehne ich ab", "rejected"),
    "weiter an: Name": ("weiterleiten", "weitergeleitet", "zuweisen", "weiter"),
    "erledigt": (
        "fertig",
        "geschlossen",
        "schließen",
        "abgeschlossen",
        "abschließen",
        "done",
        "closed",
        "erledigen",
    ),
    "widerrufen": ("widerruf", "widerrufe", "wiederrufen", "zurückholen", "zurückziehen", "revoked"),
    "wieder öffnen": ("öffnen", "wiedereröffnen", "open"),
    "rückgängig": ("rückgängig machen", "zurücknehmen", "stornieren", "stopp", "stop", "halt"),
    "frist: Freitag": ("wiedervorlegen", "erinnern", "erinnerung", "remind me", "reminder"),
    "senden": ("abschicken", "schicken", "freigeben", "sent"),
}
