"""Run the parts together: start, watch, stop."""
