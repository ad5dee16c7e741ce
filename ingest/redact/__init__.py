"""Originals rewritten in their own format, with the words of a person blackened: one module per family."""

from ingest.redact.formats import FormatRedactor

__all__ = ["FormatRedactor"]
