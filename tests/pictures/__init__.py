"""Pictures of every letter for docs/mails, made by Chromium from the golden letters: `make pictures`."""
