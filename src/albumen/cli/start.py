"""The first thing that runs: Ctrl-C ends with one line, even while the rest is still being imported."""

import signal
import sys

INTERRUPTED = "albumen: interrupted; what was done is kept, and the same command goes on from there"


def main() -> None:
    """Run the command line."""
    came: list[int] = []

    def note(number: int, frame: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started us wants it ignored
        signal.signal(signal.SIGINT, note)
    try:
        from albumen.cli.main import main as run

        run()
    except (KeyboardInterrupt, ImportError):  # an interrupted C extension says that it could not be imported
        if not came:
            raise
        sys.stderr.write(f"{INTERRUPTED}\n")
        sys.exit(130)
