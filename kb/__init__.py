"""Kennisbank's core: what is true, and what may be done with it."""

__version__ = "0.1.0"
