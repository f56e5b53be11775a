"""mailroute turns mail to a shared inbox into routed, tracked, answered tickets."""

__version__ = "0.1.0"
