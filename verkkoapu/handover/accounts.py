"""Counsellors' accounts: who they are, what they speak, their role, and the Argon2 hash of their password."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import redis
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from verkkoapu.errors import LoginLocked, LoginRefused, VerkkoapuError
from verkkoapu.handover.redisio import translating
from verkkoapu.handover.roles import ROLES
from verkkoapu.keys import Keys

USERNAME = re.compile(r"^[a-z0-9åäö][a-z0-9åäö._@-]{1,63}$")
MIN_PASSWORD = 10
#: So many failures in a row lock the name for LOCK_SECONDS; the time runs from the last failure.
MAX_FAILURES = 5
LOCK_SECONDS = 15 * 60
DEFAULT_CAPACITY = 5


class AccountError(VerkkoapuError):
    """An account cannot be made as asked; the message says why."""


@dataclass(frozen=True)
class Account:
    """One counsellor. `id` is the user name. Without a password only OpenID Connect logs in; `subject` binds it."""

    id: str
    name: str
    languages: tuple[str, ...]
    skills: tuple[str, ...] = ()
    role: str = "counsellor"
    capacity: int = DEFAULT_CAPACITY
    password: str = ""
    subject: str = ""
    active: bool = True

    def may(self, what: str) -> bool:
        return what in ROLES.get(self.role, frozenset())

    def public(self) -> dict[str, object]:
        """What a colleague's console may know."""
        return {"id": self.id, "name": self.name, "languages": list(self.languages), "skills": list(self.skills), "role": self.role}


class Accounts:
    """Reads and writes accounts; checks passwords; locks a name after failures."""

    def __init__(self, client: redis.Redis, keys: Keys, aside: Callable[..., Any] | None = None) -> None:
        """`aside` runs a function of slow arithmetic so that it holds nothing else up; as it is when None."""
        self.redis = client
        self.keys = keys
        # OWASP's smaller profile for Argon2id: a log-in must not take both cores from those who are waiting.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._aside = aside or (lambda function, *values: function(*values))
        self._nobody: str | None = None

    def get(self, counsellor_id: str) -> Account | None:
        """The account, or None."""
        with translating("account"):
            found = self.redis.hget(self.keys.counsellors, counsellor_id)
        return _account(found) if found else None

    def many(self, counsellor_ids: list[str]) -> dict[str, Account]:
        """Those of the accounts that there are."""
        if not counsellor_ids:
            return {}
        with translating("accounts"):
            found = self.redis.hmget(self.keys.counsellors, counsellor_ids)
        return {account.id: account for account in (_account(text) for text in found if text)}

    def all(self) -> list[Account]:
        """Every account, by name."""
        with translating("accounts"):
            found = self.redis.hvals(self.keys.counsellors)
        return sorted((_account(text) for text in found), key=lambda account: account.id)

    def save(self, account: Account, password: str | None = None) -> Account:
        """Make or replace an account; a password is kept as its Argon2 hash only."""
        if not USERNAME.match(account.id):
            raise AccountError(f"'{account.id}' cannot be a user name: use 2 to 64 small letters, digits, and . _ @ -")
        if account.role not in ROLES:
            raise AccountError(f"'{account.role}' is not a role: use one of {', '.join(ROLES)}")
        if not account.languages:
            raise AccountError("A counsellor needs at least one language, such as fi,sv")
        if password is not None:
            if len(password) < MIN_PASSWORD:
                raise AccountError(f"The password needs at least {MIN_PASSWORD} characters")
            account = replace(account, password=self._aside(self._hasher.hash, password))
        with translating("account"):
            self.redis.hset(self.keys.counsellors, account.id, json.dumps(asdict(account), ensure_ascii=False))
            self.redis.delete(self.keys.login_failures(account.id))
        return account

    def log_in(self, username: str, password: str) -> Account:
        """The account for a right name and password. Raises LoginRefused or LoginLocked; a wrong name takes as long as a wrong password."""
        name = username.strip().lower()[:80]
        with translating("login"):
            failures = int(self.redis.get(self.keys.login_failures(name)) or 0)
            if failures >= MAX_FAILURES:
                raise LoginLocked(max(1, int(self.redis.ttl(self.keys.login_failures(name)))))
        account = self.get(name)
        usable = account is not None and account.active and bool(account.password)
        if not self._verified(account.password if account is not None and usable else self._nobodys_hash(), password) or not usable:
            self._count_failure(name)
            raise LoginRefused(name)
        assert account is not None
        with translating("login"):
            self.redis.delete(self.keys.login_failures(name))
        return account

    def by_subject(self, issuer: str, subject: str, names: list[str]) -> Account:
        """The account of an OpenID Connect login: bound to the provider's subject at the first log-in, then held to it."""
        bound = f"{issuer}|{subject}"
        accounts = self.all()
        for account in accounts:
            if account.subject == bound and account.active:
                return account
        wanted = {name.lower() for name in names if name}
        for account in accounts:
            if account.id in wanted and account.active and not account.subject:
                return self.save(replace(account, subject=bound))
        raise LoginRefused(subject)

    def _verified(self, kept: str, password: str) -> bool:
        try:
            return bool(self._aside(self._hasher.verify, kept, password))
        except (VerificationError, InvalidHashError):
            return False

    def _nobodys_hash(self) -> str:
        if self._nobody is None:
            self._nobody = self._hasher.hash("nobody has this password")
        return self._nobody

    def _count_failure(self, name: str) -> None:
        key = self.keys.login_failures(name)
        with translating("login"):
            pipe = self.redis.pipeline(transaction=True)
            pipe.incr(key)
            pipe.expire(key, LOCK_SECONDS)
            pipe.execute()


def _account(text: str) -> Account:
    data = json.loads(text)
    return Account(**{**data, "languages": tuple(data["languages"]), "skills": tuple(data["skills"])})
