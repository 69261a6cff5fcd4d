"""The state of sorting faces into people: groups that merge, and what forbids that they do."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from albumen.core.arrays import Bools, Floats, Ints, check_shape
from albumen.vision.faces.graph import Edges, neighbours

NOBODY = -1
SLACK = 0.01
"""A merge that meanwhile became this much worse is still done at once rather than put back in line."""
OFFERS = 4
"""Groups that a poor face may ask, the most alike first."""


@dataclass(frozen=True)
class Rules:
    """When faces are joined: from which mean cosine on (fitted for SFace), and how much more a poor face must show."""

    least: float = 0.36
    poor_margin: float = 0.04
    neighbours: int = 24
    good: float = 0.5
    """A face of less quality than this founds nobody; it can only join."""


@dataclass(frozen=True)
class Known:
    """What is known of N faces: whose they are (or NOBODY), which of that a person said, and what they forbade."""

    people: Ints  # (N,)
    sure: Bools  # (N,) a person said so
    together: tuple[tuple[int, int], ...] = ()
    """Pairs of faces that a person said are one."""
    apart: tuple[tuple[int, int], ...] = ()
    """Pairs of faces that a person said are two."""
    never: tuple[tuple[int, int], ...] = ()
    """(face, person) that a person refused."""

    def __post_init__(self) -> None:
        check_shape("Known.sure", self.sure, (len(self.people),))

    @classmethod
    def nothing(cls, faces: int) -> "Known":
        """Return that of that many faces nothing is known."""
        return cls(np.full(faces, NOBODY, np.int64), np.zeros(faces, np.bool_))


@dataclass
class Group:
    """Faces taken for one person so far."""

    faces: list[int]
    photos: set[int]
    total: Floats  # (D,) sum of the faces' vectors
    person: int = NOBODY
    named: bool = False
    apart: set[int] = field(default_factory=set[int])
    """Keys of groups that must stay other people."""


class Groups:
    """The state of a grouping: groups by key, and the group of each face."""

    def __init__(self, vectors: Floats, photos: Ints, known: Known, good: Bools) -> None:
        check_shape("photos", photos, (len(vectors),))
        check_shape("Known.people", known.people, (len(vectors),))
        self.vectors = vectors
        self.photos = photos
        self.known = known
        self.of: list[int] = [NOBODY] * len(vectors)
        self.groups: dict[int, Group] = {}
        self._never = set(known.never)
        self._enemies: dict[int, set[int]] = {}
        for a, b in known.apart:
            self._enemies.setdefault(a, set()).add(b)
            self._enemies.setdefault(b, set()).add(a)
        self._found(good)

    def join(self, edges: Edges, least: float) -> int:
        """Merge groups along edges, the most alike first, while their mean cosine is `least`; return the count."""
        line = _Line(edges)
        waiting: set[tuple[int, int]] = set()
        merged = 0
        while (found := line.next()) is not None:
            cosine, i, j = found
            a, b = self.of[i], self.of[j]
            waiting.discard((i, j))
            if a == b or not self.may_merge(a, b):
                continue
            now = self.link(a, b)
            if now >= max(least, cosine - SLACK):
                self.merge(a, b)
                merged += 1
            elif now >= least and (a, b) not in waiting:
                # keys of groups are faces of theirs, so one entry stands for all edges between two groups
                waiting.add((a, b))
                line.put_back(now, a, b)
        return merged

    def near(self, rules: Rules, of: Ints | None = None) -> Edges:
        """Return the groups that lie near each other, each named by its first face; `of`: near those of these faces."""
        keys = list(self.groups)
        means = np.stack([self.groups[k].total / len(self.groups[k].faces) for k in keys]) if keys else self.vectors[:0]
        own = set(self.of) if of is None else {self.of[int(face)] for face in of}
        asked = None if of is None else np.array([n for n, key in enumerate(keys) if key in own], np.int64)
        found = neighbours(means.astype(np.float32), rules.neighbours, rules.least, of=asked)
        first = np.array([self.groups[k].faces[0] for k in keys], np.int64)
        return Edges(first[found.a], first[found.b], found.cosines)

    def attach(self, faces: Ints, least: float) -> None:
        """Give each face to the group it resembles most, if its mean cosine is `least` and no rule forbids it."""
        free = np.array([f for f in map(int, faces) if self.of[f] == NOBODY], np.int64)
        for cosine, face, key in sorted(self._offers(free, least), key=lambda o: (-o[0], o[1], o[2])):
            if cosine >= least and self.of[face] == NOBODY and self._admits(self.groups[key], face):
                self.groups[key].faces.append(face)
                self.groups[key].photos.add(int(self.photos[face]))
                self.of[face] = key

    def link(self, a: int, b: int) -> float:
        """Return the mean cosine between the faces of two groups."""
        one, two = self.groups[a], self.groups[b]
        return float(one.total @ two.total) / (len(one.faces) * len(two.faces))

    def may_merge(self, a: int, b: int) -> bool:
        """Return whether nothing forbids that two groups are one person."""
        one, two = self.groups[a], self.groups[b]
        return not (one.named and two.named) and b not in one.apart and one.photos.isdisjoint(two.photos)

    def merge(self, a: int, b: int) -> int:
        """Make two groups one and return its key; the named one stays, else the larger."""
        one, two = self.groups[a], self.groups[b]
        if (two.named, len(two.faces), -b) > (one.named, len(one.faces), -a):
            a, b, one, two = b, a, two, one
        del self.groups[b]
        for face in two.faces:
            self.of[face] = a
        one.faces += two.faces
        one.photos |= two.photos
        one.total = one.total + two.total
        one.person = two.person if one.person == NOBODY else one.person
        for other in two.apart:
            self.groups[other].apart.discard(b)
            self.apart(a, other)
        return a

    def apart(self, a: int, b: int) -> None:
        """Forbid that two groups ever merge."""
        if a != b:
            self.groups[a].apart.add(b)
            self.groups[b].apart.add(a)

    def labels(self) -> Ints:
        """Return the person of each face; groups without one are numbered on by their first face."""
        labels = np.full(len(self.of), NOBODY, np.int64)
        following = max([*self.known.people.tolist(), *(p for _, p in self.known.never), NOBODY]) + 1
        for one in sorted(self.groups.values(), key=lambda g: min(g.faces)):
            if one.person == NOBODY:
                one.person, following = following, following + 1
            labels[one.faces] = one.person
        told = self.known.sure & (self.known.people != NOBODY)
        labels[told] = self.known.people[told]
        return labels

    def _found(self, good: Bools) -> None:
        for one in _components(len(self.of), self._said()):
            if len(one) > 1 or self.known.sure[one[0]]:
                self._add(one)
        self._restore()
        for face in map(int, np.flatnonzero(good)):
            if self.of[face] == NOBODY:
                self._add([face])
        for a, b in self.known.apart:
            if self.of[a] != NOBODY and self.of[b] != NOBODY:
                self.apart(self.of[a], self.of[b])
        self._refuse()

    def _said(self) -> Iterable[tuple[int, int]]:
        yield from self.known.together
        first: dict[int, int] = {}
        for face in map(int, np.flatnonzero(self.known.sure)):
            person = int(self.known.people[face])
            if person != NOBODY:
                yield first.setdefault(person, face), face

    def _add(self, faces: list[int]) -> int:
        key = min(faces)
        photos = {int(p) for p in self.photos[faces]}
        person, named = self._person(faces)
        self.groups[key] = Group(list(faces), photos, self.vectors[faces].sum(0), person, named)
        for face in faces:
            self.of[face] = key
        return key

    def _person(self, faces: list[int]) -> tuple[int, bool]:
        if len(faces) == 1 and not self.known.sure[faces[0]]:
            return int(self.known.people[faces[0]]), False
        said = Counter(int(self.known.people[f]) for f in faces if self.known.sure[f])
        held = Counter(int(self.known.people[f]) for f in faces)
        for votes in (said, held):
            votes.pop(NOBODY, None)
            if votes:
                return min(votes, key=lambda p: (-votes[p], p)), votes is said
        return NOBODY, False

    def _restore(self) -> None:
        home = {g.person: g for g in self.groups.values() if g.person != NOBODY}
        for face in map(int, np.flatnonzero(self.known.people != NOBODY)):
            person = int(self.known.people[face])
            if self.of[face] != NOBODY:
                continue
            if person not in home:
                home[person] = self.groups[self._add([face])]
            elif self._admits(home[person], face):
                one = home[person]
                one.faces.append(face)
                one.photos.add(int(self.photos[face]))
                one.total = one.total + self.vectors[face]
                self.of[face] = self.of[one.faces[0]]

    def _admits(self, one: Group, face: int) -> bool:
        enemies = self._enemies.get(face)  # mostly none, and a person may have thousands of faces
        refused = (face, one.person) in self._never or (enemies and not enemies.isdisjoint(one.faces))
        return not refused and int(self.photos[face]) not in one.photos

    def _refuse(self) -> None:
        home = {g.person: k for k, g in self.groups.items() if g.person != NOBODY}
        for face, person in self.known.never:
            if person in home and self.of[face] != NOBODY:
                self.apart(self.of[face], home[person])

    def _offers(self, faces: Ints, least: float) -> Iterable[tuple[float, int, int]]:
        keys = list(self.groups)
        if not keys:
            return
        means = np.stack([self.groups[k].total / len(self.groups[k].faces) for k in keys]).astype(np.float32)
        for start in range(0, len(faces), 1024):
            block = faces[start : start + 1024]
            alike = self.vectors[block] @ means.T
            best = np.argpartition(-alike, min(OFFERS, len(keys)) - 1, axis=1)[:, :OFFERS]
            for at, column in np.ndindex(*best.shape):
                group = int(best[at, column])
                yield float(alike[at, group]), int(block[at]), keys[group]


class _Line:
    """Edges, the most alike first, and what is put back in line."""

    def __init__(self, edges: Edges) -> None:
        order = np.lexsort((edges.b, edges.a, -edges.cosines))
        self._edges = [column[order].tolist() for column in edges]
        self._at = 0
        self._back: list[tuple[float, int, int]] = []

    def next(self) -> tuple[float, int, int] | None:
        """Return the next (cosine, row, row)."""
        a, b, cosines = self._edges
        ended = self._at == len(a)
        if self._back and (ended or -self._back[0][0] > cosines[self._at]):
            cost, i, j = heapq.heappop(self._back)
            return -cost, i, j
        if ended:
            return None
        self._at += 1
        return cosines[self._at - 1], a[self._at - 1], b[self._at - 1]

    def put_back(self, cosine: float, i: int, j: int) -> None:
        """Put a pair where it now belongs."""
        heapq.heappush(self._back, (-cosine, i, j))


def _components(faces: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    root = list(range(faces))

    def find(face: int) -> int:
        while root[face] != face:
            root[face] = root[root[face]]
            face = root[face]
        return face

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        root[high] = low
    parts: dict[int, list[int]] = {}
    for face in range(faces):
        parts.setdefault(find(face), []).append(face)
    return list(parts.values())
