"""From what somebody shows (a password, a cookie, a token, a one-time code) to who he is. Asked of the ledger each time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kb.accounts.directories import admit
from kb.accounts.passwords import Passwords
from kb.accounts.patience import FORGOTTEN_AFTER, wait_seconds
from kb.accounts.secret_values import hashed, new_secret, page_token
from kb.accounts.types import DirectoryPerson, OneTimeCode, Person
from kb.authorise import Actor, ActorKind, Role
from kb.errors import CodeNotValid, SignInFailed, TooManyAttempts
from kb.ledger.ledger import Ledger, Transaction
from kb.ports import Clock
from kb.settings import DirectoryGroup, SignInSettings

AskDirectory = Callable[[str, str], DirectoryPerson | None]
"""Login and password to the person; None where they do not fit. Raises SignInUnavailable."""

_TOUCH_AFTER = timedelta(minutes=1)
"""A session is marked as used no more often than this: not every request is a write."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody by his session. ``page_token`` is what his pages send along with changes."""

    actor: Actor
    person: Person
    session_id: str
    method: str
    page_token: str


class SignIn:
    """The door. Safe to use from several threads."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        settings: SignInSettings,
        passwords: Passwords,
        key: bytes,
        *,
        meanings: Sequence[DirectoryGroup] = (),
        ask_directory: AskDirectory | None = None,
    ) -> None:
        """``key`` hides accounts and addresses in the counts of attempts; ``meanings`` say what a directory's groups are here."""
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._passwords = passwords
        self._key = key
        self._meanings = tuple(meanings)
        self._ask_directory = ask_directory
        self._begun = False

    @property
    def has_accounts(self) -> bool:
        """Whether accounts have begun. They never end: the last administrator stays."""
        if not self._begun:
            with self._ledger.reading() as tx:
                self._begun = tx.people.any()
        return self._begun

    # --- coming in ---------------------------------------------------------------------------------------------------

    def with_password(self, login: str, password: str, address: str) -> str:
        """A new session; what its cookie holds. Raises SignInFailed, TooManyAttempts, and what a directory raises."""
        login = login.strip().lower()
        account, place = self._bucket("account", login), self._bucket("address", address)
        with self._ledger.writing() as tx:
            # Counted before it is tried, so that a hundred at once are a hundred.
            self._require_patience(tx, account, self._settings.account_attempts)
            self._require_patience(tx, place, self._settings.address_attempts)
            tx.attempts.failed(account)
            tx.attempts.failed(place)
            person = tx.people.find(login)
            kept = tx.people.password_hash(person.id) if person is not None and person.login == login else None
        fits = self._passwords.fits(password, kept)
        described = None
        if kept is None and self._ask_directory is not None and login and password:
            described = self._ask_directory(login, password)
        with self._ledger.writing() as tx:
            if described is not None:
                person = admit(tx, described, self._meanings)
            elif fits and person is not None:
                person = tx.people.find(person.id)
            else:
                person = None
            if person is not None and person.active:
                tx.attempts.forget(account)
                tx.attempts.take_back(place)
                return self._begin(tx, person, "password" if described is None else described.origin.value)
            tx.audit.append("nobody", "sign_in.failed", account[-32:])
        raise SignInFailed

    def with_directory(self, described: DirectoryPerson) -> str:
        """The same for somebody for whom a directory has vouched. Raises what `admit` raises."""
        with self._ledger.writing() as tx:
            return self._begin(tx, admit(tx, described, self._meanings), described.origin.value)

    def as_first_administrator(self, code: str, login: str, name: str, password: str) -> str:
        """The first account, made with the code of `kb init`. Raises CodeNotValid, WeakPassword."""
        with self._ledger.reading() as tx:
            tx.one_time.purpose(hashed(code))  # before a password is hashed, which costs this machine something
        password_hash = self._passwords.hash(password, login.strip())
        with self._ledger.writing() as tx:
            purpose, _ = tx.one_time.purpose(hashed(code))
            if purpose != "first_administrator" or tx.people.any():
                raise CodeNotValid
            tx.one_time.use(hashed(code))
            person = tx.people.add(login, name.strip() or login.strip(), [Role.ADMINISTRATOR])
            tx.people.set_password_hash(person.id, password_hash)
            tx.audiences.open_to_everyone()
            tx.audit.append("owner", "person.add", person.id, {"roles": [Role.ADMINISTRATOR.value], "by": "first_administrator"})
            return self._begin(tx, person, "password")

    def with_code(self, code: str, password: str) -> str:
        """A password chosen with an administrator's code. Every other session of that person ends.

        Raises CodeNotValid, WeakPassword.
        """
        with self._ledger.reading() as tx:
            purpose, person_id = tx.one_time.purpose(hashed(code))
            if purpose != "set_password" or person_id is None:
                raise CodeNotValid
            login = tx.people.one(person_id).login
        password_hash = self._passwords.hash(password, login)
        with self._ledger.writing() as tx:
            tx.one_time.purpose(hashed(code))
            tx.one_time.use(hashed(code))
            person = tx.people.one(person_id)
            if not person.active:
                raise CodeNotValid
            tx.people.set_password_hash(person_id, password_hash)
            tx.sessions.end_all(person_id)
            tx.attempts.forget(self._bucket("account", login))
            tx.audit.append(f"person:{person_id}", "person.password", person_id)
            return self._begin(tx, person, "password")

    # --- being in ----------------------------------------------------------------------------------------------------

    def of_session(self, secret: str) -> SignedIn | None:
        """Who holds this cookie now; None for nobody any more."""
        session_id = hashed(secret)
        with self._ledger.reading() as tx:
            session = tx.sessions.one(session_id, self._idle)
            person = None if session is None else tx.people.find(session.person_id)
        if session is None or person is None or not person.active:
            return None
        if self._clock.now() - session.seen_at >= _TOUCH_AFTER:
            with self._ledger.writing() as tx:
                tx.sessions.touch(session_id)
        actor = Actor(ActorKind.PERSON, person.id, frozenset(person.roles))
        return SignedIn(actor, person, session_id, session.method, page_token(secret))

    def of_token(self, secret: str) -> Actor | None:
        """Whom this API token speaks for, as far as it may; None for nobody any more."""
        with self._ledger.reading() as tx:
            token = tx.api_tokens.by_hash(hashed(secret))
            person = None if token is None else tx.people.find(token.person_id)
        if token is None or person is None or not person.active:
            return None
        if token.last_used_on != self._clock.now().date():
            with self._ledger.writing() as tx:
                tx.api_tokens.used(token.id)
        actions = None if token.actions is None else frozenset(token.actions)
        spaces = None if token.space_ids is None else frozenset(token.space_ids)
        return Actor(ActorKind.PERSON, person.id, frozenset(person.roles), actions, spaces)

    def change_password(self, signed_in: SignedIn, old: str, new: str, address: str) -> str:
        """Another password for oneself; every session ends, and the cookie of a new one is given.

        Raises SignInFailed where the old one is not right, TooManyAttempts, WeakPassword.
        """
        self.with_password(signed_in.person.login, old, address)
        password_hash = self._passwords.hash(new, signed_in.person.login)
        with self._ledger.writing() as tx:
            person = tx.people.one(signed_in.person.id)
            tx.people.set_password_hash(person.id, password_hash)
            tx.sessions.end_all(person.id)
            tx.audit.append(signed_in.actor.id, "person.password", person.id)
            return self._begin(tx, person, "password")

    def sign_out(self, secret: str) -> None:
        """End the session of this cookie, if there is one."""
        with self._ledger.writing() as tx:
            tx.sessions.end(hashed(secret))

    # --- the door itself ---------------------------------------------------------------------------------------------

    def first_code(self) -> OneTimeCode | None:
        """A fresh code for the first administrator, in place of an earlier one; None once there are accounts."""
        secret = new_secret()
        expires_at = self._clock.now() + timedelta(hours=self._settings.code_hours)
        with self._ledger.writing() as tx:
            if tx.people.any():
                return None
            tx.one_time.add(hashed(secret), "first_administrator", None, expires_at)
            tx.audit.append("owner", "first_administrator.code", "first_administrator")
        return OneTimeCode(secret, expires_at)

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self._settings.idle_minutes)

    def _begin(self, tx: Transaction, person: Person, method: str) -> str:
        secret = new_secret()
        tx.sessions.sweep(self._idle)
        tx.api_tokens.sweep()
        tx.one_time.sweep()
        tx.attempts.sweep(FORGOTTEN_AFTER)
        tx.sessions.add(hashed(secret), person.id, method, self._clock.now() + timedelta(hours=self._settings.session_hours))
        tx.audit.append(f"person:{person.id}", "sign_in", person.id, {"method": method})
        return secret

    def _require_patience(self, tx: Transaction, bucket: str, free: int) -> None:
        wait = wait_seconds(tx.attempts.of(bucket), free, self._clock.now())
        if wait:
            raise TooManyAttempts(retry_after_seconds=wait)

    def _bucket(self, kind: str, value: str) -> str:
        return f"{kind}:" + hmac.new(self._key, f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()
