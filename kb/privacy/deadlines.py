"""The days that the law gives, by Regulation (EEC, Euratom) 1182/71. Pure.

The day of receipt does not count; a term of months ends with the last hour of the day with the same date, or of the month's last day where
that date does not exist; a last day that is a Saturday, a Sunday or a public holiday moves to the next working day. Which days are
public holidays tells the ``holidays`` library, in its strictest category for the Netherlands (5 May only in lustrum years): where the
calendars differ, the shorter term is the safe one.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays

FIRST_MONTHS = 1
"""Within a month an answer, or notice of an extension (GDPR 12(3))."""

EXTENSION_MONTHS = 2
"""At most so much longer, once."""

_LAST_WEEK = timedelta(days=7)

IsHoliday = Callable[[date], bool]


class Clock(StrEnum):
    """How a deadline stands."""

    GREEN = "green"
    YELLOW = "yellow"  # the last week
    RED = "red"  # over
    PAUSED = "paused"  # information about the identity is awaited
    STOPPED = "stopped"  # answered or refused


def is_dutch_holiday(day: date) -> bool:
    """Whether ``day`` is a public holiday in the Netherlands."""
    return day in _dutch(day.year)


@cache
def _dutch(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=year))


def months_after(day: date, months: int) -> date:
    """The same date ``months`` later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_day(day: date, is_holiday: IsHoliday = is_dutch_holiday) -> date:
    """``day``, or the first working day after it."""
    while day.weekday() >= calendar.SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def deadline(received_on: date, *, extended: bool = False, paused_days: int = 0, is_holiday: IsHoliday = is_dutch_holiday) -> date:
    """The last day of the term, inclusive. ``paused_days``: how long information about the identity was awaited."""
    months = FIRST_MONTHS + (EXTENSION_MONTHS if extended else 0)
    return working_day(months_after(received_on, months) + timedelta(days=paused_days), is_holiday)


def clock(last_day: date, today: date, *, paused: bool = False, stopped: bool = False) -> Clock:
    """The colour of a deadline: green, yellow in its last week, red when it is over."""
    if stopped:
        return Clock.STOPPED
    if paused:
        return Clock.PAUSED
    if today > last_day:
        return Clock.RED
    return Clock.YELLOW if last_day - today < _LAST_WEEK else Clock.GREEN
