"""How long somebody has to wait after failing. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from kb.ledger.attempts import Attempts

LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
_FIRST_WAIT = timedelta(seconds=10)
_DOUBLINGS = 7


def wait_seconds(attempts: Attempts | None, free: int, now: datetime) -> int:
    """Whole seconds until the next attempt, 0 when it may be made now. After ``free`` failures each one doubles the wait."""
    if attempts is None or attempts.failures < free or now >= attempts.last_at + FORGOTTEN_AFTER:
        return 0
    wait = min(_FIRST_WAIT * 2 ** min(attempts.failures - free, _DOUBLINGS), LONGEST_WAIT)
    left = (attempts.last_at + wait - now).total_seconds()
    return max(0, int(-(-left // 1)))
