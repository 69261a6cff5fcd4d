"""How many random requests the property tests try: few and always the same, or many times as many by `CURIOSITY`."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("CURIOSITY", "1"))


def curious(examples: int) -> settings:
    """Return settings for so many examples, or for as many more, new ones each time, as `CURIOSITY` says."""
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=TIMES == 1,
        database=None,
        print_blob=True,
    )
