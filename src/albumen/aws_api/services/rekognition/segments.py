"""Segments of a video: shots between hard cuts, black frames without sound, and colour bars."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, Unpack, cast

import numpy as np

from albumen.aws_api.services.rekognition.film import Facts, Still, loudness, stills
from albumen.aws_api.services.rekognition.stored import Common, Rows, Stored, page
from albumen.aws_api.wire import Call
from albumen.core.arrays import Floats, Image
from albumen.jobs.queue import Job, Json
from albumen.jobs.worker import Steps, Work
from albumen.media.shots import CUT, Glimpse, cuts, difference, glimpse

KIND = "SegmentDetection"
VERSION = "1.0"
WINDOW = 1000
OVERLAP = 16
TINY = 160
SILENT = 0.001
"""Peak of the sound, 0 to 1, below which it is silence: -60 dB."""
LEAST_FRAMES = 2
DARKEST, RANGE = {"LIMITED": 16, "FULL": 0}, {"LIMITED": 219, "FULL": 255}
BARS = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1))
"""Which channels are lit in each of seven bars, left to right."""


class BlackFrame(TypedDict, total=False):
    """What counts as black."""

    MaxPixelThreshold: float
    MinCoveragePercentage: float


class CueFilter(TypedDict, total=False):
    """Which technical cues to keep."""

    MinSegmentConfidence: float
    BlackFrame: BlackFrame


class ShotFilter(TypedDict, total=False):
    """Which shots to keep."""

    MinSegmentConfidence: float


class Filters(TypedDict, total=False):
    """Filters of StartSegmentDetection."""

    TechnicalCueFilter: CueFilter
    ShotFilter: ShotFilter


@dataclass
class Strip:
    """What is kept of a video's frames: times, cuts with how sure they are, which are black and which show bars."""

    times: list[float] = field(default_factory=list[float])
    cuts: dict[int, float] = field(default_factory=dict[int, float])
    black: list[bool] = field(default_factory=list[bool])
    bars: list[bool] = field(default_factory=list[bool])
    _window: list[Glimpse] = field(default_factory=list[Glimpse])

    def add(self, still: Still, darkest: float, coverage: float) -> None:
        """Take a frame in."""
        self.times.append(still.ms)
        self.black.append(bool((still.luma <= darkest).mean() * 100 >= coverage))
        self.bars.append(shows_bars(still.pixels))
        self._window.append(glimpse(int(still.ms), still.pixels))
        if len(self._window) >= WINDOW:
            self.close()
            self._window = self._window[-OVERLAP:]

    def close(self) -> None:
        """Find the cuts among the latest frames; the overlap lets each be judged by its neighbours."""
        start = len(self.times) - len(self._window)
        for i in cuts(self._window):
            self.cuts[start + i] = sureness(difference(self._window[i - 1], self._window[i]))


class Segments:
    """StartSegmentDetection and GetSegmentDetection."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def works(self) -> dict[str, Work]:
        """Return the work of the one kind of job."""
        return {KIND: self._stored.work(KIND, self._find)}

    def start_segment_detection(
        self, call: Call, *, segment_types: Sequence[str], filters: Filters | None = None, **given: Unpack[Common]
    ) -> Json:
        """Begin to find a video's segments."""
        request: Json = {"types": list(segment_types), "filters": dict(filters or {})}
        return self._stored.start(call, KIND, given, request)

    def get_segment_detection(
        self, call: Call, *, job_id: str, max_results: int = 0, next_token: str | None = None
    ) -> Json:
        """Answer with a page of segments."""
        job, result, about = self._stored.get(call, KIND, job_id)
        rows, more = page(cast("Rows", result.get("rows", [])), next_token, max_results)
        types = [{"Type": t, "ModelVersion": VERSION} for t in cast("list[str]", job.request["types"])]
        video = [about["VideoMetadata"]] if about["VideoMetadata"] else None
        found: Json = {"Segments": rows, "NextToken": more, "SelectedSegmentTypes": types}
        return about | found | {"VideoMetadata": video, "AudioMetadata": result.get("audio")}

    def _find(self, job: Job, path: Path, known: Facts, steps: Steps) -> Json:
        types, how = cast("list[str]", job.request["types"]), cast("Filters", job.request["filters"])
        return steps.once("segments", lambda: {"rows": find(path, known, types, how)})


def find(path: Path, known: Facts, types: Sequence[str], how: Filters) -> Rows:
    """Return a video's segments, by type and then by time."""
    cue = how.get("TechnicalCueFilter", {})
    black = cue.get("BlackFrame", {})
    scale = str(known.video["ColorRange"])
    darkest = DARKEST[scale] + black.get("MaxPixelThreshold", 0.2) * RANGE[scale]
    strip = Strip()
    for still in stills(path, TINY):
        strip.add(still, darkest, black.get("MinCoveragePercentage", 99.0))
    strip.close()
    clock = Clock(known.fps, strip.times, float(known.duration_ms))
    rows: Rows = []
    if "SHOT" in types:
        rows += shots(strip, clock, how.get("ShotFilter", {}).get("MinSegmentConfidence", 50.0))
    if "TECHNICAL_CUE" in types and cue.get("MinSegmentConfidence", 50.0) <= 100:
        silent = silence(strip.times, loudness(path))
        rows += cues(strip, silent, clock)
    return rows


@dataclass(frozen=True)
class Clock:
    """From frame numbers to times and timecodes; a frame number may be one past the last."""

    fps: float
    times: Sequence[float]
    end_ms: float

    def stretch(self, start: int, stop: int) -> Json:
        """Return the members that say where frames from `start` up to, not including, `stop` are."""
        first, last = self._ms(start), self._ms(stop)
        return {
            "StartTimestampMillis": first,
            "EndTimestampMillis": last,
            "DurationMillis": last - first,
            "StartTimecodeSMPTE": smpte(start, self.fps),
            "EndTimecodeSMPTE": smpte(stop, self.fps),
            "DurationSMPTE": smpte(stop - start, self.fps),
            "StartFrameNumber": start,
            "EndFrameNumber": stop,
            "DurationFrames": stop - start,
        }

    def _ms(self, number: int) -> int:
        after_last = max(self.end_ms, self.times[-1]) if self.times else 0
        return math.floor(self.times[number] if number < len(self.times) else after_last)


def shots(strip: Strip, clock: Clock, least: float) -> Rows:
    """Return the stretches between cuts that are sure enough."""
    starts = [0, *(i for i, sure in sorted(strip.cuts.items()) if sure >= least)]
    stops = [*starts[1:], len(strip.times)]
    sure = {0: 100.0, len(strip.times): 100.0} | strip.cuts
    return [
        {"Type": "SHOT", "ShotSegment": {"Index": n, "Confidence": min(sure[a], sure[b])}} | clock.stretch(a, b)
        for n, (a, b) in enumerate(zip(starts, stops, strict=True))
        if b > a
    ]


def cues(strip: Strip, silent: Sequence[bool], clock: Clock) -> Rows:
    """Return black stretches without sound, and colour bars, by time."""
    black = [b and s for b, s in zip(strip.black, silent, strict=True)]
    found = [(a, b, "BlackFrames") for a, b in runs(black)] + [(a, b, "ColorBars") for a, b in runs(strip.bars)]
    return [
        {"Type": "TECHNICAL_CUE", "TechnicalCueSegment": {"Type": kind, "Confidence": 100.0}} | clock.stretch(a, b)
        for a, b, kind in sorted(found)
    ]


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return start and stop of each stretch of at least two true values."""
    edges = np.flatnonzero(np.diff(np.array([False, *flags, False]).astype(np.int8)))
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(a, b) for a, b in pairs if b - a >= LEAST_FRAMES]


def silence(times: Sequence[float], sound: Sequence[tuple[float, float, float]]) -> list[bool]:
    """Return for each frame's time whether nothing is heard then."""
    silent = np.ones(len(times), np.bool_)
    at = np.array(times)
    for start, end, peak in sound:
        if peak > SILENT:
            silent &= ~((at >= start) & (at < end))
    return silent.tolist()


def sureness(step: float) -> float:
    """Return how sure a cut is, 0 to 100: 50 for the least difference that counts as one."""
    return 100 / (1 + math.exp(-(step - CUT) / 0.05))


def smpte(number: int, fps: float) -> str:
    """Return a frame number as HH:MM:SS:ff, with drop-frame counting at 29.97 and 59.94."""
    whole = max(1, round(fps))
    drop = whole % 30 == 0 and abs(fps - whole) > 0.01
    if drop:
        per_minute, dropped = whole * 60 - whole // 15, whole // 15
        tens, rest = divmod(number, per_minute * 10 + dropped)
        number += dropped * 9 * tens + dropped * max(0, (rest - dropped) // per_minute)
    seconds, frame = divmod(number, whole)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{';' if drop else ':'}{frame:02d}"


def shows_bars(pixels: Image) -> bool:
    """Tell whether a frame shows seven upright colour bars."""
    height, width = pixels.shape[:2]
    top = pixels[height // 8 : height // 2].astype(np.float32)
    stripes = [_stripe(top, i, width) for i in range(len(BARS))]
    if max(float(s.std(axis=(0, 1)).max()) for s in stripes) > 14:
        return False
    means = np.array([s.mean(axis=(0, 1)) for s in stripes])
    level = float(means[0].mean())
    return level > 80 and bool(((means > level / 2) == (np.array(BARS) == 1)).all())


def _stripe(top: Floats, i: int, width: int) -> Floats:
    left, right = (i + 0.25) * width / len(BARS), (i + 0.75) * width / len(BARS)
    return top[:, int(left) : max(int(right), int(left) + 1)]
