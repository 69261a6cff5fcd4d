"""What labels there are and how they hang together; names, parents, aliases and categories are data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

LINE = re.compile(r"(?P<indent> *)(?P<name>[^|=]+?)(?: *\| *(?P<aliases>[^=]+?))?(?: *= *(?P<evidence>.+))?")


@dataclass(frozen=True)
class Label:
    """One label: its ancestors nearest first, other names, and the class names that are evidence for it."""

    name: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    category: str
    classes: frozenset[int] = field(default_factory=frozenset[int])
    """Numbers of ImageNet classes that mean this very label; those of its children are not repeated."""
    objects: frozenset[str] = field(default_factory=frozenset[str])
    """COCO names that mean this very label."""


@dataclass(frozen=True)
class Ontology:
    """All labels by name, and which label a class or an object means."""

    labels: Mapping[str, Label]
    by_class: Mapping[int, tuple[str, ...]]
    by_object: Mapping[str, str]

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return a label and its ancestors, nearest first."""
        return (name, *self.labels[name].parents)


@cache
def ontology(classes: tuple[str, ...]) -> Ontology:
    """Return the ontology over a classifier's classes, given by name in the model's order."""
    text = resources.files(__name__.rpartition(".")[0]).joinpath("data/labels.txt").read_text("utf-8")
    return assemble(text.splitlines(), classes)


def assemble(lines: Sequence[str], classes: Sequence[str]) -> Ontology:
    """Return the ontology that an outline describes."""
    labels = {label.name: label for label in _labels(lines, classes)}
    by_class: dict[int, tuple[str, ...]] = {}
    for label in labels.values():
        for number in label.classes:
            by_class[number] = (*by_class.get(number, ()), label.name)
    by_object = {o: label.name for label in labels.values() for o in label.objects}
    return Ontology(labels, by_class, by_object)


def _labels(lines: Sequence[str], classes: Sequence[str]) -> Iterator[Label]:
    trail: list[str] = []
    category = ""
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            category = line.strip("[]")
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"not a line of the label outline: {line!r}")
        trail = [*trail[: len(found["indent"]) // 2], found["name"]]
        aliases = tuple(a.strip() for a in (found["aliases"] or "").split(",") if a.strip())
        yield from _expand(tuple(reversed(trail)), aliases, category, found["evidence"] or "", classes)


def _expand(
    lineage: tuple[str, ...], aliases: tuple[str, ...], category: str, evidence: str, classes: Sequence[str]
) -> Iterator[Label]:
    """Yield a line's label, and those of the classes that are labels of their own below it."""
    items = [i.strip() for i in evidence.split(",") if i.strip()]
    objects = frozenset(i.removeprefix("coco:") for i in items if i.startswith("coco:"))
    plain = [i for i in items if not i.startswith(("coco:", "+"))]
    own = frozenset(n for i in plain for n in _numbers(i, classes))
    yield Label(lineage[0], lineage[1:], aliases, category, own, objects)
    for item in (i.removeprefix("+").strip() for i in items if i.startswith("+")):
        for number in _numbers(item, classes):
            yield Label(_title(classes[number]), lineage, (), category, frozenset({number}))


def _numbers(item: str, classes: Sequence[str]) -> range:
    first, dots, last = item.partition("..")
    start = number(first, classes)
    return range(start, (number(last, classes) if dots else start) + 1)


def number(name: str, classes: Sequence[str]) -> int:
    """Return the number of the class that a name, or `#` and a number, means."""
    if name.startswith("#"):
        return int(name[1:])
    if classes.count(name) != 1:
        raise ValueError(f"{name!r} names {classes.count(name)} classes; write # and a number instead")
    return classes.index(name)


def _title(name: str) -> str:
    return " ".join(w if w[:1].isupper() else w.capitalize() for w in name.split())
