"""What people write instead of a verb, and what begins a sentence although it is a verb. How verbs are spelt: `model/spellings.py`."""

from __future__ import annotations

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
