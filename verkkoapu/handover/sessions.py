"""Log-ins: kept in Redis, known to the browser only as a random token in a cookie."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

import redis

from verkkoapu.handover.redisio import translating
from verkkoapu.keys import Keys

#: A log-in ends after this long however busy it was: a working day and a little.
LONGEST_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Session:
    """Who is logged in, and the token that every write must carry."""

    counsellor: str
    csrf: str
    digest: str

    def csrf_fits(self, sent: str) -> bool:
        return bool(sent) and hmac.compare_digest(self.csrf, sent)


class Sessions:
    """Opens, finds and ends log-ins; one that is not used for `idle_seconds` is gone."""

    def __init__(self, client: redis.Redis, keys: Keys, idle_seconds: int) -> None:
        self.redis = client
        self.keys = keys
        self.idle_seconds = idle_seconds

    def open(self, counsellor_id: str) -> tuple[str, Session]:
        """A new log-in: the token for the cookie, and the session."""
        token = secrets.token_urlsafe(32)
        session = Session(counsellor_id, secrets.token_urlsafe(24), _digest(token))
        key = self.keys.session(session.digest)
        with translating("session"):
            pipe = self.redis.pipeline(transaction=True)
            pipe.hset(key, mapping={"counsellor": counsellor_id, "csrf": session.csrf, "began": str(int(time.time()))})
            pipe.expire(key, self.idle_seconds)
            pipe.execute()
        return token, session

    def find(self, token: str) -> Session | None:
        """The log-in of a cookie, kept alive by being used; None when it has run out."""
        digest = _digest(token)
        key = self.keys.session(digest)
        with translating("session"):
            kept = self.redis.hgetall(key)
            if not kept:
                return None
            left = int(kept["began"]) + LONGEST_SECONDS - int(time.time())
            if left <= 0:
                self.redis.delete(key)
                return None
            if self.redis.ttl(key) < self.idle_seconds * 3 // 4:
                self.redis.expire(key, min(self.idle_seconds, left))
        return Session(kept["counsellor"], kept["csrf"], digest)

    def alive(self, digest: str) -> bool:
        """Whether a log-in still stands; an open stream asks now and then."""
        with translating("session"):
            return bool(self.redis.exists(self.keys.session(digest)))

    def end(self, digest: str) -> None:
        """Log out."""
        with translating("session"):
            self.redis.delete(self.keys.session(digest))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
