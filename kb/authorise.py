"""The one question of permission: may this actor do this, here? Every way in asks it before anything else happens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kb.errors import NotPermitted


class ActorKind(StrEnum):
    """Who is asking."""

    OWNER = "owner"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something. The owner holds the data directory's token; nobody else has an identity yet."""

    kind: ActorKind

    @property
    def id(self) -> str:
        """The name under which the audit chain knows this actor."""
        return self.kind.value


OWNER = Actor(ActorKind.OWNER)
ANONYMOUS = Actor(ActorKind.ANONYMOUS)


class Action(StrEnum):
    """What can be done."""

    ASK = "ask"
    GIVE_FEEDBACK = "give_feedback"
    READ_SOURCE = "read_source"
    LIST_SPACES = "list_spaces"
    ADD_SPACE = "add_space"
    LIST_DOCUMENTS = "list_documents"
    ADD_DOCUMENT = "add_document"
    DESCRIBE_DOCUMENT = "describe_document"
    RELEASE_DOCUMENT = "release_document"
    REMOVE_DOCUMENT = "remove_document"
    SET_LABEL_POLICY = "set_label_policy"
    READ_STATUS = "read_status"
    LIST_REQUESTS = "list_requests"
    HANDLE_REQUEST = "handle_request"
    SEARCH_PERSON = "search_person"
    APPROVE_ERASURE = "approve_erasure"
    EXECUTE_ERASURE = "execute_erasure"
    EXPORT_PERSON = "export_person"
    LIFT_SUPPRESSION = "lift_suppression"
    READ_JOURNAL = "read_journal"
    RUN_RETENTION = "run_retention"


_ANONYMOUS_MAY = frozenset({Action.ASK, Action.GIVE_FEEDBACK, Action.READ_SOURCE, Action.LIST_SPACES})


def authorise(actor: Actor, action: Action, space: str | None = None) -> None:
    """Return when ``actor`` may do ``action`` in ``space`` (None: everywhere), else raise NotPermitted.

    Until there are accounts every space is open to whoever reaches this machine's loopback address, and the owner is the one data
    protection officer: what concerns subject requests is nobody else's, an administrator's no more than a visitor's.
    """
    if actor.kind is ActorKind.OWNER or action in _ANONYMOUS_MAY:
        return
    raise NotPermitted(action=action.value)
