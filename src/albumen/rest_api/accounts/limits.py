"""Slows down who guesses: after some failures each further try has to wait twice as long."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

LONGEST_WAIT = 900.0
MOST_KEYS = 20_000


@dataclass
class _Tries:
    failures: int
    until: float


class Limits:
    """Counts failures by key; each key has its own number of free failures."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def attempt(self, keys: Mapping[str, int]) -> float:
        """Return the seconds to wait before a try; 0 means go on, and counts as a failure until it succeeds.

        Counted beforehand, a hundred tries at the same moment are a hundred and not one. `keys` says how many failures
        each key has free.
        """
        with self._lock:
            now = self._clock()
            wait = max((0.0, *(self._tries[k].until - now for k in keys if k in self._tries)))
            if wait <= 0:
                self._count(keys, now)
            return wait

    def succeeded(self, keys: Mapping[str, int]) -> None:
        """Take a try back; the first key, which nobody else shares, starts anew."""
        with self._lock:
            for n, key in enumerate(keys):
                tries = self._tries.get(key)
                if tries is None:
                    continue
                tries.failures, tries.until = tries.failures - 1, 0.0
                if n == 0 or tries.failures <= 0:
                    del self._tries[key]

    def _count(self, keys: Mapping[str, int], now: float) -> None:
        for key, free in keys.items():
            tries = self._tries.setdefault(key, _Tries(0, 0.0))
            tries.failures += 1
            over = tries.failures - free
            if over >= 0:
                tries.until = now + min(2.0 ** min(over, 20), LONGEST_WAIT)
            self._tries.move_to_end(key)
        while len(self._tries) > MOST_KEYS:
            self._tries.popitem(last=False)


def login_keys(name: str, address: str) -> dict[str, int]:
    """Return what a sign-in is counted by: this name from here, anything from here, this name from anywhere."""
    folded = name.casefold()[:100]
    return {f"{address}|{folded}": 5, address: 20, f"|{folded}": 100}
