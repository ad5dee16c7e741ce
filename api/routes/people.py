"""People, groups, who sees which space, and tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.auth import RequestCaller
from api.people_operations import PeopleOperations
from api.people_wire import (
    AudienceList,
    AudienceOrder,
    GroupList,
    Me,
    NewGroup,
    NewPerson,
    PersonChanges,
    PersonList,
    TokenList,
    TokenOrder,
)
from api.routes.serving import RequestOperations, problems
from kb.accounts.types import Audience, Group, NewToken, OneTimeCode, Person
from kb.authorise import Action, authorise, permitted


def people_of(operations: RequestOperations) -> PeopleOperations:
    """What the caller may do with people."""
    return operations.people


People = Annotated[PeopleOperations, Depends(people_of)]
WhichPerson = Annotated[str, Path(max_length=120, description="An id or a login.")]
WhichGroup = Annotated[str, Path(max_length=64, description="Its name.")]
WhichToken = Annotated[str, Path(max_length=32, description="As the list of tokens shows it.")]

router = APIRouter(prefix="/v1", tags=["people"], responses=problems(404, 409, 413))


@router.get("/me", summary="Who am I?")
def show_me(caller: RequestCaller) -> Me:
    """What is known of whoever sends this, and what he may do somewhere."""
    authorise(caller.actor, Action.MANAGE_OWN_ACCOUNT)
    person = caller.signed_in.person if caller.signed_in is not None else None
    roles = tuple(sorted(caller.actor.roles))
    login, name = (person.login, person.name) if person is not None else (caller.actor.id, "")
    return Me(login, name, roles, tuple(sorted(permitted(caller.actor))))


@router.get("/me/tokens", summary="List one's own tokens")
def list_own_tokens(people: People) -> TokenList:
    """Without their secrets."""
    return TokenList(tuple(people.tokens()))


@router.post("/me/tokens", status_code=201, summary="Make a token for oneself")
def add_own_token(order: TokenOrder, people: People) -> NewToken:
    """The secret is in this response and never shown again."""
    return people.add_token(order.name, days=order.days, actions=order.actions, spaces=order.spaces)


@router.delete("/me/tokens/{token_id}", status_code=204, summary="Revoke one's own token")
def remove_own_token(token_id: WhichToken, people: People) -> None:
    """From this moment it is nobody's."""
    people.remove_token(token_id)


@router.get("/people", summary="List the people")
def list_people(people: People) -> PersonList:
    """Everybody with an account, by login."""
    return PersonList(tuple(people.people()))


@router.post("/people", status_code=201, summary="Make an account")
def add_person(body: NewPerson, people: People) -> Person:
    """Without a password: `link` lets its person choose one."""
    return people.add_person(body.login, body.name, body.roles)


@router.get("/people/{person}", summary="Look at somebody")
def show_person(person: WhichPerson, people: People) -> Person:
    """One person."""
    return people.person(person)


@router.patch("/people/{person}", summary="Change somebody's roles, or shut somebody out")
def change_person(person: WhichPerson, changes: PersonChanges, people: People) -> Person:
    """His sessions end."""
    if changes.roles is not None:
        people.set_roles(person, changes.roles)
    if changes.active is not None:
        people.set_active(person, changes.active)
    return people.person(person)


@router.delete("/people/{person}", status_code=204, summary="Take an account out")
def remove_person(person: WhichPerson, people: People) -> None:
    """With its sessions and tokens."""
    people.remove_person(person)


@router.post("/people/{person}/link", status_code=201, summary="Let somebody choose a password")
def make_link(person: WhichPerson, people: People) -> OneTimeCode:
    """A code for the page `/password`, good for one use; an earlier one opens nothing any more."""
    return people.link(person)


@router.get("/people/{person}/tokens", summary="List somebody's tokens")
def list_tokens(person: WhichPerson, people: People) -> TokenList:
    """Without their secrets."""
    return TokenList(tuple(people.tokens(person)))


@router.post("/people/{person}/tokens", status_code=201, summary="Make a token for somebody")
def add_token(person: WhichPerson, order: TokenOrder, people: People) -> NewToken:
    """The owner's alone: a token speaks as its person."""
    return people.add_token(order.name, person, days=order.days, actions=order.actions, spaces=order.spaces)


@router.delete("/people/{person}/tokens/{token_id}", status_code=204, summary="Revoke somebody's token")
def remove_token(person: WhichPerson, token_id: WhichToken, people: People) -> None:
    """From this moment it is nobody's."""
    people.remove_token(token_id, person)


@router.get("/groups", summary="List the groups")
def list_groups(people: People) -> GroupList:
    """With their members and the spaces that they see."""
    return GroupList(tuple(people.groups()))


@router.post("/groups", status_code=201, summary="Make a group")
def add_group(body: NewGroup, people: People) -> Group:
    """Empty, and seeing nothing."""
    return people.add_group(body.name)


@router.delete("/groups/{group}", status_code=204, summary="Take a group out")
def remove_group(group: WhichGroup, people: People) -> None:
    """And with it what it saw."""
    people.remove_group(group)


@router.put("/groups/{group}/members/{person}", summary="Put somebody into a group")
def join_group(group: WhichGroup, person: WhichPerson, people: People) -> Group:
    """From this moment he sees what the group sees."""
    return people.join(group, person)


@router.delete("/groups/{group}/members/{person}", summary="Take somebody out of a group")
def leave_group(group: WhichGroup, person: WhichPerson, people: People) -> Group:
    """From this moment he does not see it by this group."""
    return people.leave(group, person)


@router.get("/audiences", summary="List who sees which space")
def list_audiences(people: People) -> AudienceList:
    """Every space with its groups."""
    return AudienceList(tuple(people.audiences()))


@router.put("/audiences/{space}", summary="Choose who sees a space")
def set_audience(space: Annotated[str, Path(max_length=100)], order: AudienceOrder, people: People) -> Audience:
    """Exactly these groups, from this moment."""
    return people.set_audience(space, order.groups)
