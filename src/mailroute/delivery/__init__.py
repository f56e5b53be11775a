"""Hand finished letters to the relay and report what it said."""
