"""Short sentences of the search as data, of a kind and with values, so that a client can say them in any language."""

from collections.abc import Mapping
from dataclasses import dataclass

ENGLISH = {
    "preferably": "preferably {of}",
    "not": "not {of}",
    "time": "taken: {label}",
    "time_from": "taken {label}",
    "place": "in {name}",
    "place_not": "in {name}, not {other}",
    "place_within": "in {name} (within {km} km)",
    "place_within_not": "in {name} (within {km} km), not {other}",
    "place_called": "at a place called {name}",
    "camera": "taken with {name}",
    "lens": "taken with a {name} lens",
    "only": "only {what}",
    "only_photos": "only photos",
    "only_videos": "only videos",
    "shape": "in {name} format",
    "longest": "at most {seconds:g} seconds long",
    "shortest": "at least {seconds:g} seconds long",
    "exact": "with the exact words “{words}”",
    "text": "with the text “{words}”",
    "at_least": "with at least {n} × {of}",
    "at_most": "with at most {n} × {of}",
    "between": "with {n} to {most} × {of}",
    "as_many": "with {n} × {of}",
    "monochrome": "in black and white",
    "colour": "with much {name}",
    "colour_of": "{name} {of}",
    "showing": "showing {what}",
    "person": "with {name}",
    "like": "looking like {name}",
    "file_named": "in a file named {name}",
    "rated": "rated {n} stars",
    "tagged": "tagged {name}",
    "album": "in the album {name}",
    "amount": "with the sum {sum}",
    "amount_least": "with a total of at least {sum}",
    "amount_most": "with a total of at most {sum}",
    "shows": "shows {what} ({score:.0%})",
    "looks_like": "looks like {what} ({score:.0%})",
    "written": "written in the picture",
    "caption": "in its caption",
    "names": "the name of a person",
    "tags": "one of its tags",
    "filename": "in its file name",
    "taken_place": "where it was taken",
}


@dataclass(frozen=True)
class Said:
    """One short sentence."""

    kind: str
    values: Mapping[str, str | float]

    @property
    def text(self) -> str:
        """Return the sentence in English."""
        return ENGLISH[self.kind].format_map(self.values)


def say(kind: str, **values: str | float) -> Said:
    """Return a sentence of a kind."""
    return Said(kind, values)
