"""Bytes in, chunks in the ledger."""
