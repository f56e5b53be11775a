"""How well the program decides, on made mails with known answers: `make bench-quality`."""
