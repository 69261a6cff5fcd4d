"""Exit codes by meaning, the same for every command."""

from enum import IntEnum

from albumen.core import errors


class Exit(IntEnum):
    """What a command's exit code tells the program that ran it."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNAVAILABLE = 4
    NOT_WELL = 5
    BUSY = 6
    DISK = 7
    PARTLY = 8
    INTERRUPTED = 130


SAID = {
    Exit.OK: "done",
    Exit.FAILED: "something went wrong that has no code of its own",
    Exit.USAGE: "the command line, a setting or a query cannot be understood",
    Exit.NOT_FOUND: "there is no such path, library, asset, person or model, or a named folder is not there now",
    Exit.UNAVAILABLE: "a model's sources do not answer, or its files are missing",
    Exit.NOT_WELL: "a check found something wrong",
    Exit.BUSY: "another process is importing into the library",
    Exit.DISK: "the disk is full or may not be written to",
    Exit.PARTLY: "done, but some files could not be read",
    Exit.INTERRUPTED: "Ctrl-C; what was done is kept",
}

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
