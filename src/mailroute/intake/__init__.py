"""Doors: the ways a mail comes in; they store bytes and never interpret them."""
