"""Exit codes by meaning, the same for every command."""

from enum import IntEnum

from albumen.core import errors


class Exit(IntEnum):
    """What a command's exit code tells the program that ran it."""

    OK = 0
    FAILED = 1  # something went wrong that has no code of its own
    USAGE = 2  # the command line cannot be understood
    NOT_FOUND = 3  # no such library, asset or model
    UNAVAILABLE = 4  # a model's sources do not answer, or its files are missing
    NOT_WELL = 5  # a check found something wrong
    BUSY = 6  # another process holds the library
    DISK = 7  # the disk is full or may not be written to
    PARTLY = 8  # done, but some files could not be read
    INTERRUPTED = 130  # Ctrl-C


MEANINGS: tuple[tuple[type[errors.AlbumenError], Exit], ...] = (
    (errors.SettingsError, Exit.USAGE),
    (errors.QueryError, Exit.USAGE),
    (errors.NoLibrary, Exit.NOT_FOUND),
    (errors.NotFound, Exit.NOT_FOUND),
    (errors.UnknownModel, Exit.NOT_FOUND),
    (errors.HashMismatch, Exit.NOT_WELL),
    (errors.ModelError, Exit.UNAVAILABLE),
    (errors.LibraryBusy, Exit.BUSY),
    (errors.ReadOnly, Exit.DISK),
    (errors.DiskFull, Exit.DISK),
)


def exit_for(error: errors.AlbumenError) -> Exit:
    """Return the exit code that says what `error` means."""
    return next((code for kind, code in MEANINGS if isinstance(error, kind)), Exit.FAILED)
