"""API tokens in the ledger, under their hashes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from kb.accounts.types import ApiToken
from kb.authorise import Action
from kb.errors import TokenNotFound
from kb.ledger.account_tables import api_tokens
from kb.ports import Clock


class ApiTokenRows:
    """Reads and writes API tokens within one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(
        self,
        person_id: str,
        token_hash: str,
        name: str,
        expires_at: datetime,
        actions: Collection[Action] | None,
        space_ids: Collection[str] | None,
    ) -> ApiToken:
        """Keep a token."""
        made = uuid.uuid4().hex
        self._connection.execute(
            insert(api_tokens).values(
                id=made,
                person_id=person_id,
                hash=token_hash,
                name=name,
                actions=None if actions is None else sorted(action.value for action in actions),
                space_ids=None if space_ids is None else sorted(space_ids),
                created_at=self._clock.now(),
                expires_at=expires_at,
            )
        )
        return next(token for token in self.of(person_id) if token.id == made)

    def of(self, person_id: str) -> list[ApiToken]:
        """Somebody's tokens, oldest first."""
        query = select(api_tokens).where(api_tokens.c.person_id == person_id).order_by(api_tokens.c.created_at, api_tokens.c.id)
        return [_token(row) for row in self._connection.execute(query)]

    def by_hash(self, token_hash: str) -> ApiToken | None:
        """The token with this hash, unless it has expired."""
        row = self._connection.execute(select(api_tokens).where(api_tokens.c.hash == token_hash)).first()
        return None if row is None or self._clock.now() >= row.expires_at else _token(row)

    def used(self, token_id: str) -> None:
        """It was used today."""
        self._connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(last_used_on=self._clock.now().date()))

    def remove(self, token_id: str, person_id: str) -> None:
        """Revoke a token of this person. Raises TokenNotFound, also for one of somebody else."""
        mine = delete(api_tokens).where(api_tokens.c.id == token_id, api_tokens.c.person_id == person_id)
        if self._connection.execute(mine).rowcount != 1:
            raise TokenNotFound(token=token_id)

    def sweep(self) -> None:
        """Remove those that have expired."""
        self._connection.execute(delete(api_tokens).where(api_tokens.c.expires_at <= self._clock.now()))


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        actions=None if row.actions is None else tuple(Action(one) for one in row.actions),
        space_ids=None if row.space_ids is None else tuple(row.space_ids),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
    )
