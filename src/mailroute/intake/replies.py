"""What our SMTP and LMTP doors say, word for word. Constants only: never an address, a path or an exception's text.

The second number is RFC 3463's enhanced status code; EHLO promises one in every reply (RFC 2034).
"""

from __future__ import annotations

from mailroute.errors import Refused

# 2yz, 3yz
GOODBYE = "221 2.0.0 goodbye"
LOGGED_IN = "235 2.7.0 logged in"
DONE = "250 2.0.0 ok"
SENDER_OK = "250 2.1.0 sender ok"
RECIPIENT_OK = "250 2.1.5 recipient ok"
WILL_TRY = "252 2.5.0 send the mail and see"
HELP = "214 2.0.0 this server speaks RFC 5321 and RFC 2033"
SEND_MAIL = "354 end with <CRLF>.<CRLF>"

# 4yz: the sender keeps the mail and tries again
FAULT = "451 4.3.0 cannot store mail right now, try again later"
NO_ROOM = "452 4.3.1 too much mail at once, try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 too many recipients, send the rest in another mail"
SHUTTING_DOWN = "421 4.3.2 going down, try again later"
TOO_MANY_CONNECTIONS = "421 4.3.2 too many connections, try again later"
TOO_MANY_FROM_PEER = "421 4.7.0 too many connections from your address, try again later"
TOO_SLOW = "421 4.4.2 nothing came for too long, try again"
DATA_TOO_SLOW = "421 4.4.2 the mail took too long, try again"
TOO_MANY_ERRORS = "421 4.7.0 too many errors"
TOO_MANY_COMMANDS = "421 4.7.0 too many commands without a mail"
NOT_A_MAIL_CLIENT = "421 4.7.0 this is a mail server"

# 5yz: this can never work
LINE_TOO_LONG = "500 5.5.2 command line too long"
NOT_TEXT = "500 5.5.2 a command line must be UTF-8"
UNKNOWN_COMMAND = "500 5.5.1 command not recognised"
WRONG_ARGUMENT = "501 5.5.4 argument not understood"
WRONG_SENDER = "501 5.1.7 sender address not understood"
WRONG_RECIPIENT = "501 5.1.3 recipient address not understood"
NOT_OFFERED = "502 5.5.1 not offered"
GREET_FIRST = "503 5.5.1 greet first"
SENDER_FIRST = "503 5.5.1 MAIL FROM first"
RECIPIENT_FIRST = "503 5.5.1 RCPT TO first"
ONE_SENDER = "503 5.5.1 one MAIL FROM per mail"
ALREADY_LOGGED_IN = "503 5.5.1 already logged in"
ALREADY_SECURE = "503 5.5.1 TLS is already active"
NOT_NOW = "503 5.5.1 not within a mail"
DATA_TOO_EARLY = "554 5.5.1 data came before 354"
UNKNOWN_PARAMETER = "555 5.5.4 parameter not supported"
NEEDS_TLS = "530 5.7.0 STARTTLS first"
LOGIN_NEEDS_TLS = "538 5.7.11 STARTTLS before AUTH"
UNKNOWN_MECHANISM = "504 5.5.4 mechanism not offered"
LOGIN_ABORTED = "501 5.7.0 login aborted"
LOGIN_UNREADABLE = "501 5.5.2 login not understood"
LOGIN_REFUSED = "535 5.7.8 wrong name or password"
UNKNOWN_RECIPIENT = "550 5.1.1 no such inbox here"
FALSE_ENDING = "550 5.5.2 a line with a lone dot must end in CRLF on both sides"
TOO_BIG = "552 5.3.4 mail too big"
REFUSED = "554 5.6.0 mail refused"


def stored(intake_id: int) -> str:
    """The promise: the mail is on disk. A duplicate gets the very same words (RFC 1047)."""
    return f"250 2.0.0 stored as m{intake_id}"


def refusal(error: Refused) -> str:
    """The constant reply that a `Refused` carries, if it is one line of 5yz; else ours."""
    reply = error.reply
    return reply if reply.startswith("5") and reply.isascii() and reply.isprintable() else REFUSED
