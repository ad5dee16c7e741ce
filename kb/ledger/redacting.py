"""Reading and writing one field of the register of personal data, a column or a string within a JSON column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, and_, select, update

from kb.ledger.personal_data import PERSONAL
from kb.privacy.types import Field


class FieldValues:
    """Fields by the register: a table that is not in it is not known here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, field: Field) -> str | None:
        """The string in a field; None where the row or the string is not there (any more)."""
        found = self._string(field)
        return found if isinstance(found, str) else None

    def write(self, field: Field, text: str) -> None:
        """Put ``text`` in a field that ``read`` found."""
        column, path = _column(field), _path(field)
        if not path:
            self._connection.execute(update(_table(field)).where(_row(field)).values({column: text}))
            return
        whole = self._connection.execute(select(_table(field).c[column]).where(_row(field))).scalar_one()
        self._connection.execute(update(_table(field)).where(_row(field)).values({column: _with(whole, path, text)}))

    def _string(self, field: Field) -> Any:
        if field.store not in PERSONAL:
            return None
        value = self._connection.execute(select(_table(field).c[_column(field)]).where(_row(field))).scalar()
        for step in _path(field):
            value = _inside(value, step)
        return value


def _table(field: Field) -> Table:
    return PERSONAL[field.store].table


def _row(field: Field) -> Any:
    columns = list(_table(field).primary_key.columns)
    return and_(*(column == column.type.python_type(value) for column, value in zip(columns, field.key, strict=True)))


def _column(field: Field) -> str:
    return field.name.partition("/")[0]


def _path(field: Field) -> list[str]:
    """The way into a JSON column. A step may itself hold a slash, written ~1 as in RFC 6901, and a tilde, written ~0."""
    _, slash, rest = field.name.partition("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in rest.split("/")] if slash else []


def _inside(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None


def _with(value: Any, path: list[str], text: str) -> Any:
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: _with(inside, rest, text) if key == step else inside for key, inside in value.items()}
    return [_with(inside, rest, text) if str(i) == step else inside for i, inside in enumerate(value)]
