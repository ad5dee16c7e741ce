"""The days that the law gives (Regulation 1182/71)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.privacy.deadlines import Clock, clock, deadline, is_dutch_holiday, months_after, working_day

days = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("received", "extended", "last_day", "because"),
    [
        (date(2026, 11, 20), False, date(2026, 12, 21), "20 December 2026 is a Sunday"),
        (date(2026, 3, 5), False, date(2026, 4, 7), "5 April 2026 is Easter Sunday, and Monday is a holiday too"),
        (date(2027, 8, 31), False, date(2027, 9, 30), "September has no 31st"),
        (date(2027, 1, 31), False, date(2027, 3, 1), "28 February 2027 is a Sunday"),
        (date(2028, 1, 31), False, date(2028, 2, 29), "a leap year"),
        (date(2026, 11, 25), False, date(2026, 12, 28), "both days of Christmas, then a Sunday"),
        (date(2026, 12, 1), False, date(2027, 1, 4), "New Year's Day would have been the last, a Friday"),
        (date(2026, 11, 20), True, date(2027, 2, 22), "three months; 20 February 2027 is a Saturday"),
        (date(2027, 3, 27), False, date(2027, 4, 28), "King's Day"),
    ],
)
def test_the_last_day_of_the_term(received: date, extended: bool, last_day: date, because: str) -> None:
    assert deadline(received, extended=extended) == last_day, because


@given(days, st.booleans(), st.integers(0, 60))
def test_a_deadline_is_a_working_day_and_never_shorter_than_the_law_gives(received: date, extended: bool, paused: int) -> None:
    last_day = deadline(received, extended=extended, paused_days=paused)

    assert last_day.weekday() < 5
    assert not is_dutch_holiday(last_day)
    term = months_after(received, 3 if extended else 1) + timedelta(days=paused)
    assert term <= last_day <= term + timedelta(days=5), "it moves over what is not a working day and no further"
    assert all(day.weekday() >= 5 or is_dutch_holiday(day) for day in (term + timedelta(days=n) for n in range((last_day - term).days)))


@given(days, days)
def test_who_asks_later_never_has_an_earlier_deadline(one: date, other: date) -> None:
    assert deadline(min(one, other)) <= deadline(max(one, other))


@given(days, st.integers(0, 40))
def test_months_keep_the_date_or_end_with_the_month(day: date, months: int) -> None:
    later = months_after(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(days)
def test_a_working_day_stays(day: date) -> None:
    moved = working_day(day)

    assert moved >= day
    assert (moved == day) is (day.weekday() < 5 and not is_dutch_holiday(day))


def test_the_clock_is_green_then_yellow_for_a_week_then_red() -> None:
    last_day = date(2026, 12, 21)

    colours = [clock(last_day, last_day - timedelta(days=left)) for left in (30, 7, 6, 0, -1)]

    assert colours == [Clock.GREEN, Clock.GREEN, Clock.YELLOW, Clock.YELLOW, Clock.RED]
    assert clock(last_day, date(2027, 2, 1), paused=True) is Clock.PAUSED
    assert clock(last_day, date(2027, 2, 1), stopped=True) is Clock.STOPPED
