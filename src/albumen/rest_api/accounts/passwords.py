"""Hashes and checks passwords with argon2id, a bounded number at a time because each takes much memory."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from albumen.core.errors import SettingsError

LEAST, MOST = 8, 512
AT_ONCE = 2


class Passwords:
    """Turns passwords into hashes and compares them in the same time whether or not there is such an account."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the hash to store, refusing passwords that are too short."""
        if not LEAST <= len(password) <= MOST:
            raise SettingsError(f"a password needs {LEAST} to {MOST} characters, not {len(password)}; choose another")
        with self._room:
            return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is the stored one; None stands for an account that there is not."""
        with self._room:
            try:
                return self._hasher.verify(stored or self._nobody, password[:MOST]) and stored is not None
            except (VerificationError, InvalidHashError):
                return False
