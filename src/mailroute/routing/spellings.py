"""How the verbs are spelt, what people write instead of them, and what begins a sentence although it is a verb."""

from __future__ import annotations

from mailroute.model.ruleset import Spelling

SHIPPED = (
    Spelling("accept", "annehmen"),
    Spelling("accept", "accept"),
    Spelling("take", "übernehmen"),
    Spelling("take", "take"),
    Spelling("reject", "ablehnen"),
    Spelling("reject", "zurückweisen"),
    Spelling("reject", "reject"),
    Spelling("reject", "decline"),
    Spelling("assign", "weiter an"),
    Spelling("assign", "weitergeben an"),
    Spelling("assign", "weiterleiten an"),
    Spelling("assign", "zuweisen"),
    Spelling("assign", "zuweisen an"),
    Spelling("assign", "assign"),
    Spelling("assign", "assign to"),
    Spelling("assign", "assign this to"),
    Spelling("assign", "assign it to"),
    Spelling("assign", "forward to"),
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
    Spelling("away", "abwesend"),
    Spelling("away", "away"),
    Spelling("away", "krank"),
    Spelling("away", "sick"),
    Spelling("back", "zurück"),
    Spelling("back", "wieder da"),
    Spelling("back", "abwesend aufheben"),
    Spelling("back", "back"),
    Spelling("back", "away cancel"),
    Spelling("external", "extern an"),
    Spelling("external", "extern"),
    Spelling("external", "external"),
    Spelling("external-changes", "extern änderungen"),
    Spelling("external-changes", "external changes"),
    Spelling("external-appointment", "extern termin"),
    Spelling("external-appointment", "extern beratungstermin"),
    Spelling("external-appointment", "external appointment"),
    Spelling("external-quote", "extern angebotsübergabe"),
    Spelling("external-quote", "external quote"),
    Spelling("external-order", "extern auftrag"),
    Spelling("external-order", "external order"),
    Spelling("split", "teilen"),
    Spelling("split", "aufteilen"),
    Spelling("split", "split"),
    Spelling("separate", "trennen"),
    Spelling("separate", "separate"),
    Spelling("undo", "rückgängig"),
    Spelling("undo", "undo"),
    # In the two minutes before an answer leaves nobody looks a verb up.
    Spelling("undo", "stopp"),
    Spelling("undo", "stop"),
    Spelling("help", "hilfe"),
    Spelling("help", "help"),
    Spelling("send", "senden"),
    Spelling("send", "send"),
    Spelling("to", "an"),
    Spelling("to", "auch an"),
    Spelling("to", "kopie an"),
    Spelling("to", "cc"),
    Spelling("to", "to"),
    Spelling("to", "also to"),
)

# What people write instead of a verb. Alone on the first line they are never meant for a customer.
INSTEAD = {
    "annehmen": (
        "angenommen", "nehme ich an", "nehme an", "akzeptiert", "akzeptieren", "accepted", "ok", "okay", "bestätigt",
        "ist meins", "meins", "mine",
    ),
    "übernehmen": (
        "übernommen", "übernehme ich", "übernehme", "ich übernehme", "ich übernehme das", "taken", "ich mach das",
        "mache ich", "mach ich", "ich mache das", "i will take it", "i'll take it",
    ),
    "ablehnen": (
        "abgelehnt", "lehne ab", "lehne ich ab", "rejected", "declined", "zurückgewiesen", "zurückgeben",
        "falsch zugeordnet", "falsche person", "nicht meins", "nicht mein bereich", "not mine", "not me", "nope",
        "wrong person", "wrong department",
    ),
    "weiter an: Name": (
        "weiterleiten", "weitergeleitet", "weitergeben", "weitergegeben", "zugewiesen", "weiter", "delegieren", "forward",
        "forwarded", "assigned",
    ),
    "erledigt": (
        "fertig", "geschlossen", "schließen", "abgeschlossen", "abschließen", "done", "closed", "erledigen", "all done",
        "finished", "resolved", "gelöst", "hat sich erledigt", "kann weg", "kann zu", "kann geschlossen werden",
    ),
    "widerrufen": ("widerruf", "widerrufe", "wiederrufen", "zurückholen", "zurückziehen", "revoked"),
    "wieder öffnen": ("öffnen", "wiedereröffnen", "open", "nicht erledigt", "doch nicht erledigt", "reopened"),
    "rückgängig": (
        "rückgängig machen", "zurücknehmen", "stornieren", "halt", "abbrechen", "cancel", "nicht senden",
        "nicht abschicken", "don't send", "do not send",
    ),
    "frist: Freitag": (
        "wiedervorlegen", "vorlegen", "erinnern", "erinnerung", "remind me", "reminder", "später", "later", "snooze",
    ),
    "senden": ("abschicken", "schicken", "freigeben", "sent", "ja senden", "so senden", "freigegeben"),
    "abwesend 1.12.–14.12.": ("urlaub", "im urlaub", "bin im urlaub", "krank", "bin krank", "out of office", "on holiday"),
    "notiz: Text": ("intern", "internal", "vermerk", "aktennotiz", "fyi", "zur info", "zur kenntnis", "z.k", "z. k"),
}  # fmt: skip

# The same where more words follow: `Erinnere mich Freitag`, `Nicht zuständig, weil …`.
BEGINNINGS = {
    "übernehmen": ("übernehme ich", "ich übernehme das"),
    "ablehnen": ("nicht zuständig", "bin nicht zuständig", "not responsible", "not my", "nicht mein", "falsch zugeordnet"),
    "weiter an: Name": (
        "weitergeleitet an", "weitergegeben an", "zugewiesen an", "assigned to", "forwarded to", "bitte an", "gehört zu",
        "gehört an", "please forward", "please assign", "das macht", "das ist für",
    ),
    "erledigt": ("hat sich erledigt", "schließe das", "ticket", "vorgang"),
    "frist: Freitag": ("erinnere mich", "erinnern", "remind me", "wieder vorlegen"),
    "notiz: Text": (
        "intern", "internal", "nur intern", "vermerk", "aktennotiz", "aktenvermerk", "fyi", "zur info", "info für",
        "z.k", "nicht an den", "nicht an die", "for internal",
    ),
}  # fmt: skip

# Above a colon in any line, or anywhere in the text, these say that it is not for outside.
INTERNAL_HEADS = frozenset(
    {"intern", "internal", "nur intern", "vermerk", "aktennotiz", "aktenvermerk", "memo", "internal note", "interne notiz"}
)  # fmt: skip
INTERNAL_PHRASES = (
    "nur intern",
    "nur fuer uns",
    "internal only",
    "intern bleiben",
    "interne info",
    "internes:",
)

# Alone or at the end of a short line without a subject they tell somebody of the house what to do.
INSTRUCTIONS = {
    "annehmen": "annehmen", "uebernehmen": "übernehmen", "ablehnen": "ablehnen", "zurueckweisen": "ablehnen",
    "weitergeben": "weiter an: Name", "weiterleiten": "weiter an: Name", "zuweisen": "weiter an: Name",
    "uebergeben": "weiter an: Name", "wiedervorlegen": "frist: Freitag", "vorlegen": "frist: Freitag",
    "widerrufen": "widerrufen", "zurueckholen": "widerrufen", "zuruecknehmen": "rückgängig", "stornieren": "rückgängig",
    "notieren": "notiz: Text", "vermerken": "notiz: Text",
}  # fmt: skip
TICKETS = frozenset({"ticket", "vorgang", "fall", "anfrage"})
SUBJECTS = frozenset(
    "ich wir sie du ihr er es man i we you he they it kann koennen muss muessen darf duerfen werden wird".split()
)

# Verbs that are nouns too: they begin ordinary sentences, `Frist für die Ablesung ist der 3. Dezember`.
NOUNS = frozenset({"follow-up", "type", "property", "help", "external", "to"})
# `Senden Sie uns bitte ein Foto` is said to a customer.
SENT_BY_YOU = frozenset({"sie", "us", "me"})
# What follows them, and `weiter an`, where they do.
GOES_ON = frozenset(
    "fuer der die das des dem den diesem dieser ist zur zum von war wird endet laeuft in im am beim bei und oder sowie hat "
    "haben sind muss kann unserem unserer unseren ihrem ihrer ihren einem einer the this that for of is was will has at "
    "and our your kommt".split()
)
SAY_SOMETHING = frozenset(
    "ist sind war wird werden endet laeuft hat haben muss kann bleibt kommt gilt steht is was are will has ends can must"
    .split()
)  # fmt: skip
