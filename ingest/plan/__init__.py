"""A plan for a messy share: what is there, what is double, who may read it, how long it takes, and where it should go.

Names, sizes, times, permissions, hashes and the first bytes are looked at; no content is parsed.
"""
