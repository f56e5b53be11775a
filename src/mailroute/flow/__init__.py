"""The hands: move a mail along its path; the only place where transactions begin."""
