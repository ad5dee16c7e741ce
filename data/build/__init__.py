"""Builds the sample organisation's binary documents: ``python -m data.build``."""
