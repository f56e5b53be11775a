"""Turn the bytes of a mail into what we understood of them; never raises."""
