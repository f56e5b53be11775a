"""Every bound that protects the program from its input, in one place, with its unit in its name."""

from __future__ import annotations

# A mail as received. Above: 552 at the SMTP door, a stub ticket from IMAP (design §8a).
MAIL_SIZE_BYTES = 50 * 1024 * 1024
RECIPIENTS_PER_MAIL = 100

# Structure of a mail; measured in reliability.md §0.6: the parsers are quadratic beyond these.
HEADER_BLOCK_BYTES = 64 * 1024
HEADER_FIELD_BYTES = 8 * 1024
HEADER_FIELDS = 1000
PARTS = 1000
PART_DEPTH = 30
HOPS = 50
ENCLOSED_FILES = 200  # of one winmail.dat, .msg or text with uuencoded blocks

# Text that rules, commands and matching look at.
TEXT_CHARS = 200_000
SIGNATURE_CHARS = 4_000
SUBJECT_CHARS = 500
NAME_CHARS = 120
HTML_BYTES = 1024 * 1024  # of all texts of a mail together, encoded as they came
MESSAGE_IDS = 100

# What locate() may ask of the directory for one mail.
STREET_KEYS = 400
NUMBER_KEYS = 200
WORD_KEYS = 400
PHONE_KEYS = 10
IBAN_KEYS = 10
# So many of a street that is named without a number are read; where there are as many, the street says nothing.
HOUSES_OF_A_STREET = 3

# Work.
ATTEMPTS_BEFORE_HELD = 4
CONFLICTS_BEFORE_RETRY = 10
PARSE_WALL_S = 20.0  # on a busy machine an honest mail waits; what a mad one burns is bounded by the next
PARSE_CPU_S = 5
PARSE_MEMORY_BYTES = 512 * 1024 * 1024

# Automatic letters (RFC 3834 §2; requirements 0, design §7).
ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY = 5
# Beside those, with the number to call: a real one must not go short because of questions about a bill.
EMERGENCIES_ACKNOWLEDGED_PER_ADDRESS_AND_DAY = 5
AUTOMATIC_LETTERS_PER_HOUR = 200

# What may go along with one message on our pages (requirements §1.C14: the usual 20 files and 35 MB).
FILES_PER_MESSAGE = 20
FILES_SIZE_BYTES = 35 * 1024 * 1024
MESSAGE_CHARS = 20_000
