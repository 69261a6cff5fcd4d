"""Signs in a television: it shows a code, somebody who is signed in approves it, and it gets a session to look."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from albumen.core.errors import NotFound

SECONDS = 600.0
MOST = 200


@dataclass
class _Pairing:
    secret: str
    expires: float
    account: int | None = None


class Pairings:
    """The pairings that wait; they live as long as the server and ten minutes at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, _Pairing] = {}

    def start(self) -> tuple[str, str]:
        """Return a code to show and a secret to claim with."""
        with self._lock:
            self._forget()
            if len(self._waiting) >= MOST:
                raise NotFound("too many screens are waiting to be paired; try again in ten minutes")
            code = secrets.choice([c for c in (f"{secrets.randbelow(10**6):06}" for _ in range(9)) if self._free(c)])
            pairing = _Pairing(secrets.token_urlsafe(32), self._clock() + SECONDS)
            self._waiting[code] = pairing
            return code, pairing.secret

    def approve(self, code: str, account: int) -> None:
        """Let the screen that shows the code in, as a guest of this account."""
        with self._lock:
            self._forget()
            if code not in self._waiting:
                raise NotFound(f"no screen shows the code {code!r} now; look again, it changes after ten minutes")
            self._waiting[code].account = account

    def claim(self, secret: str) -> int | None:
        """Return the account that approved, once; None while nobody has."""
        with self._lock:
            self._forget()
            code = next((c for c, p in self._waiting.items() if _same(p.secret, secret)), None)
            if code is None:
                raise NotFound("this pairing has ended; start a new one")
            account = self._waiting[code].account
            if account is not None:
                del self._waiting[code]
            return account

    def _free(self, code: str) -> bool:
        return code not in self._waiting

    def _forget(self) -> None:
        now = self._clock()
        self._waiting = {code: p for code, p in self._waiting.items() if p.expires > now}


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode("utf-8", "replace"))
