"""Access keys for AWS clients: each opens the buckets, collections and jobs of one account.

A signature is checked with the secret itself, so it cannot be stored as a hash. It is not stored at all: it follows
from the key's id and 256 random bits in a file of their own, without which a copy of the accounts is worth nothing.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from albumen.rest_api.accounts.store import AccessKey, Accounts

PREFIX = "ALBM"
LETTERS, LENGTH = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16


class AccessKeys:
    """The access keys of one server."""

    def __init__(self, accounts: Accounts, seed: Path) -> None:
        """Keep the random bits in the file `seed`, which is made with the first key."""
        self._accounts, self._seed = accounts, seed

    def make(self, account: int, label: str) -> tuple[AccessKey, str]:
        """Make a key for an account and return it with its secret, which is shown this once."""
        id = PREFIX + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        _make_seed(self._seed)
        return self._accounts.add_access_key(account, id, label=label), self._secret(id)

    def find(self, id: str) -> tuple[str, int] | None:
        """Return the secret of a key and the account that it opens, or None where it opens none."""
        account = self._accounts.opened_by(id)
        return None if account is None else (self._secret(id), account)

    def required(self) -> bool:
        """Tell whether requests must be signed: from the first key on, even when it is gone again."""
        return self._accounts.had_access_keys()

    def _secret(self, id: str) -> str:
        digest = hmac.new(self._seed.read_bytes(), id.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()[:40]


def seed(home: Path) -> Path:
    """Return where the random bits are kept in the server's folder."""
    return home / "access-keys.seed"


def _make_seed(path: Path) -> None:
    if path.exists():
        return
    made = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
    file = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_bytes(32))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(made, path)  # never replaces one that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        made.unlink()
