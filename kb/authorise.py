"""The one question of permission: may this actor do this, here? Every way in asks it before anything else happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb.errors import NotAuthenticated, NotPermitted


class ActorKind(StrEnum):
    """Who is asking. Anonymous is whoever reaches this machine while there are no accounts; once there are, he is nobody."""

    OWNER = "owner"
    ANONYMOUS = "anonymous"
    NOBODY = "nobody"
    PERSON = "person"


class Role(StrEnum):
    """What somebody is here. Roles add up, and whoever has an account is an employee."""

    EMPLOYEE = "employee"
    KNOWLEDGE_MANAGER = "knowledge_manager"
    DPO = "dpo"
    OPS = "ops"
    ADMINISTRATOR = "administrator"


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
    MANAGE_BACKUPS = "manage_backups"
    LIST_PEOPLE = "list_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_GROUPS = "manage_groups"
    MANAGE_OWN_ACCOUNT = "manage_own_account"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something. The owner holds the data directory's token; a person has an account.

    ``actions`` and ``space_ids`` narrow what an API token of that person can do (None: not narrowed). They never widen it.
    """

    kind: ActorKind
    person_id: str | None = None
    roles: frozenset[Role] = frozenset()
    actions: frozenset[Action] | None = None
    space_ids: frozenset[str] | None = None

    @property
    def id(self) -> str:
        """The name under which the audit chain knows this actor."""
        return self.kind.value if self.person_id is None else f"{self.kind.value}:{self.person_id}"

    @property
    def sees_every_space(self) -> bool:
        """Whether no audience limits this actor: the owner, and anybody at all while there are no accounts."""
        return self.kind in (ActorKind.OWNER, ActorKind.ANONYMOUS)


OWNER = Actor(ActorKind.OWNER)
ANONYMOUS = Actor(ActorKind.ANONYMOUS)
NOBODY = Actor(ActorKind.NOBODY)

_ANONYMOUS_MAY = frozenset({Action.ASK, Action.GIVE_FEEDBACK, Action.READ_SOURCE, Action.LIST_SPACES})

MAY: Mapping[Role, frozenset[Action]] = {
    Role.EMPLOYEE: _ANONYMOUS_MAY | {Action.MANAGE_OWN_ACCOUNT},
    Role.KNOWLEDGE_MANAGER: frozenset(
        {
            Action.LIST_DOCUMENTS,
            Action.ADD_DOCUMENT,
            Action.DESCRIBE_DOCUMENT,
            Action.RELEASE_DOCUMENT,
            Action.REMOVE_DOCUMENT,
            Action.SET_LABEL_POLICY,
        }
    ),
    Role.DPO: frozenset(
        {
            Action.LIST_REQUESTS,
            Action.HANDLE_REQUEST,
            Action.SEARCH_PERSON,
            Action.APPROVE_ERASURE,
            Action.EXECUTE_ERASURE,
            Action.EXPORT_PERSON,
            Action.LIFT_SUPPRESSION,
            Action.READ_JOURNAL,
            Action.RUN_RETENTION,
        }
    ),
    Role.OPS: frozenset({Action.READ_STATUS}),
    Role.ADMINISTRATOR: frozenset({Action.READ_STATUS, Action.ADD_SPACE, Action.LIST_PEOPLE, Action.MANAGE_PEOPLE, Action.MANAGE_GROUPS}),
}
"""What each role adds to what an employee may: docs/decisions/0009-accounts.md."""


def permitted(actor: Actor) -> frozenset[Action]:
    """Everything that ``actor`` may do somewhere."""
    match actor.kind:
        case ActorKind.OWNER:
            may = frozenset(Action)
        case ActorKind.ANONYMOUS:
            may = _ANONYMOUS_MAY
        case ActorKind.NOBODY:
            may = frozenset()
        case ActorKind.PERSON:
            may = frozenset().union(MAY[Role.EMPLOYEE], *(MAY[role] for role in actor.roles))
    return may if actor.actions is None else may & actor.actions


def authorise(actor: Actor, action: Action, space: str | None = None) -> None:
    """Return when ``actor`` may do ``action``, else raise NotPermitted, or NotAuthenticated for somebody who has not signed in.

    Where he may do it is asked of the ledger, in the transaction that does it (``tx.audiences``): a ``space`` that he does not see is
    not forbidden but not there. It is named here for those who read the call.
    """
    if action in permitted(actor):
        return
    if actor.kind is ActorKind.NOBODY:
        raise NotAuthenticated
    raise NotPermitted(action=action.value)
