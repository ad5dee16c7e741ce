"""From question to proven answer."""
