"""Every error Albumen raises on purpose, as one tree.

AlbumenError
├── SettingsError            a setting has a value that cannot be used
├── MediaError               one file cannot be read; the file is named by whoever opened it
│   ├── Unsupported          the bytes are no kind of media we know
│   ├── Unreadable           the bytes are damaged or cut off
│   │   └── Unreachable      the system does not give the bytes now: the file is gone, or may not be read
│   ├── TooLarge             decoding would need more pixels or memory than allowed
│   └── TimedOut             decoding took longer than allowed
├── ModelError               a model cannot be had or run
│   ├── UnknownModel         no card has that name
│   ├── SourceUnavailable    none of a card's sources answered
│   ├── HashMismatch         a source answered with other bytes than the card promises
│   ├── NotInstalled         the model's files are not here and may not be fetched now
│   └── MissingExtra         an optional package is not installed
├── StoreError               what survives a restart cannot be read or written
│   ├── NoLibrary            there is no library at that place
│   ├── LibraryBusy          another process is importing into the library
│   ├── ReadOnly             the library cannot be written to
│   ├── DiskFull             no space is left
│   └── NewerLibrary         the library was written by a newer Albumen
├── QueryError               a search cannot be understood as asked
└── NotFound                 no asset, person or job has that id

Each message is one sentence that says what, which value, and what to do about it.
"""


class AlbumenError(Exception):
    """Anything Albumen raises on purpose."""


class SettingsError(AlbumenError):
    """A setting has a value that cannot be used."""


class MediaError(AlbumenError):
    """One file cannot be read."""


class Unsupported(MediaError):
    """The bytes are no kind of media we know."""


class Unreadable(MediaError):
    """The bytes are damaged or cut off."""


class Unreachable(Unreadable):
    """The system does not give a file's bytes now; they may be fine."""


class TooLarge(MediaError):
    """Decoding would need more pixels or memory than allowed."""


class TimedOut(MediaError):
    """Decoding took longer than allowed."""


class ModelError(AlbumenError):
    """A model cannot be had or run."""


class UnknownModel(ModelError):
    """No card has that name."""


class SourceUnavailable(ModelError):
    """None of a card's sources answered."""


class HashMismatch(ModelError):
    """A source answered with other bytes than the card promises."""


class NotInstalled(ModelError):
    """The model's files are not here and may not be fetched now."""


class MissingExtra(ModelError):
    """An optional package is not installed."""


class StoreError(AlbumenError):
    """What survives a restart cannot be read or written."""


class NoLibrary(StoreError):
    """There is no library at that place."""


class LibraryBusy(StoreError):
    """Another process is importing into the library."""


class ReadOnly(StoreError):
    """The library cannot be written to."""


class DiskFull(StoreError):
    """No space is left."""


class NewerLibrary(StoreError):
    """The library was written by a newer Albumen."""


class QueryError(AlbumenError):
    """A search cannot be understood as asked."""


class NotFound(AlbumenError):
    """No asset, person or job has that id."""
