"""The line that letters to be answered begin with: what a reader writes above it is new, all below is ours.

`notify` writes it, `message.quotes` cuts there; both take it from here.
"""

from __future__ import annotations

REPLY_MARKER = "-- bitte oberhalb dieser Zeile antworten / please reply above this line --"
