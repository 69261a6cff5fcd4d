"""Opens videos: what is in them, where their shots begin, and a frame for each stretch of each shot."""

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import BinaryIO

import av
import numpy as np
import simplejpeg
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable
from albumen.media.canvas import CANVAS, LIMITS, check_size, plain, shrink, upright
from albumen.media.formats import Format
from albumen.media.image import encode_jpeg
from albumen.media.shots import SUSPECT, Glimpse, cuts, difference, glimpse

FRAME_SIDE = 640
"""Long side in pixels of the frames that are kept for search."""
STRETCH_MS = 10_000
"""A shot longer than this gives a frame for each such stretch."""
MOST_FRAMES = 400
MOST_KEY_FRAMES = 1500
"""Key frames looked at in one video; a longer one is sampled."""
LONG_GAP_MS = 2_500
"""Key frames further apart than this may hide a whole shot, so the frames between them are looked at."""
CLOSER_LOOK = 8_000_000_000
"""Pixels that may be decoded in one video to find cuts frame by frame (about two minutes of 1080p)."""

_CONTAINERS = {
    Format.MP4: "mov",
    Format.MOV: "mov",
    Format.MATROSKA: "matroska",
    Format.WEBM: "matroska",
    Format.AVI: "avi",
    Format.MPEG_TS: "mpegts",
    Format.MPEG_PS: "mpeg",
}
_TURNS = {0: 1, 90: 6, 180: 3, 270: 8}
"""Degrees clockwise to EXIF orientation."""
_DAMAGE = (FFmpegError, OSError, ValueError, IndexError, EOFError, RuntimeError)


@dataclass(frozen=True)
class VideoInfo:
    """What a video is, without its pixels; width and height are upright."""

    width: int
    height: int
    duration_ms: int
    fps: float
    codec: str
    rotation: int
    """Degrees by which a player turns it clockwise: 0, 90, 180 or 270."""
    audio: bool


@dataclass(frozen=True)
class Shot:
    """A stretch without a cut, from its first frame up to the first frame of the next."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Frame:
    """One moment of a video: when, in which shot, and its picture as a JPEG of at most 640 pixels."""

    ms: int
    shot: int
    jpeg: bytes

    def pixels(self) -> Image:
        """Decode the picture as (h, w, 3)."""
        return simplejpeg.decode_jpeg(self.jpeg, colorspace="RGB")


@dataclass(frozen=True)
class Film:
    """A video looked at: its facts, its shots, frames in order of time, and the poster's pixels."""

    info: VideoInfo
    shots: tuple[Shot, ...]
    frames: tuple[Frame, ...]
    poster: Image


@dataclass(frozen=True)
class _Key:
    glimpse: Glimpse
    jpeg: bytes


def look_through(file: BinaryIO, format: Format) -> Film:
    """Look through a video once by its key frames, and closer where a cut may lie between two of them."""
    with _opened(file, format) as reel:
        keys = list(reel.key_frames())
        info = reel.info(keys[-1].glimpse.ms)
        starts = _shot_starts(reel, [key.glimpse for key in keys], info.duration_ms)
        shots = _shots(starts, info.duration_ms)
        frames = _frames(reel, keys, shots)
        poster = max(keys[: max(1, len(keys) * 2 // 3)], key=lambda key: key.glimpse.detail)
        return Film(info, shots, frames, reel.canvas_at(poster.glimpse.ms))


def probe(file: BinaryIO, format: Format) -> VideoInfo:
    """Read a video's facts by decoding one frame."""
    with _opened(file, format) as reel:
        first = next(reel.key_frames())
        return reel.info(first.glimpse.ms)


class _Reel:
    """An open video, read forward or from a moment; pixels come out upright."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container = container
        self._stream = stream
        self._base = stream.time_base or Fraction(1, 90_000)
        self._start = stream.start_time or 0
        self._rotation = 0
        self.budget = CLOSER_LOOK

    def info(self, last_ms: int) -> VideoInfo:
        """Return the facts; some are known only once a frame was decoded."""
        stream = self._stream
        aspect = float(stream.sample_aspect_ratio or 1)
        width, height = round(stream.width * aspect), stream.height
        if self._rotation in (90, 270):
            width, height = height, width
        return VideoInfo(
            width=width,
            height=height,
            duration_ms=self._duration_ms(last_ms),
            fps=round(float(stream.average_rate or stream.guessed_rate or 0), 3),
            codec=stream.codec_context.name,
            rotation=self._rotation,
            audio=bool(self._container.streams.audio),
        )

    def key_frames(self) -> Iterator[_Key]:
        """Yield every key frame, or evenly spaced ones of a video that has too many."""
        self._stream.codec_context.skip_frame = "NONKEY"
        last: _Key | None = None
        for number, frame in enumerate(self._decode()):
            if number == MOST_KEY_FRAMES // 2 and last is not None:
                yield from self._sampled(last.glimpse.ms, number)
                return
            last = self._key(frame)
            yield last
        if last is None:
            raise Unreadable("The video has no frame that can be decoded.")

    def between(self, start_ms: int, end_ms: int) -> list[Glimpse]:
        """Return every frame from one moment to another, both included, or none once the budget is spent."""
        self._stream.codec_context.skip_frame = "DEFAULT"
        self._seek(start_ms)
        seen: list[Glimpse] = []
        for frame in self._decode():
            ms = self._ms(frame)
            if ms > end_ms or self.budget <= 0:
                break
            self.budget -= frame.width * frame.height
            if ms >= start_ms:
                seen.append(glimpse(ms, self._pixels(frame, 160)))
        return seen

    def canvas_at(self, ms: int) -> Image:
        """Return the frame shown at a moment, upright, long side at most 1,440."""
        return self._pixels(self._frame_at(ms), CANVAS)

    def jpeg_at(self, ms: int) -> bytes:
        """Return the frame shown at a moment as it is kept for search."""
        return encode_jpeg(self._pixels(self._frame_at(ms), FRAME_SIDE), quality=85)

    def _frame_at(self, ms: int) -> VideoFrame:
        self._stream.codec_context.skip_frame = "DEFAULT"
        for start in (ms, ms - 2000, 0):  # without an index (MPEG-TS) a seek may land behind
            self._seek(max(0, start))
            last: VideoFrame | None = None
            for frame in self._decode():
                last = frame
                if self._ms(frame) >= ms:
                    break
            if last is not None:
                return last
        raise Unreadable(f"The video has no frame at {ms / 1000:.1f} seconds.")

    def _sampled(self, last_ms: int, found: int) -> Iterator[_Key]:
        end_ms = self._duration_ms(last_ms)
        step = max(1.0, (end_ms - last_ms) / (MOST_KEY_FRAMES - found))
        for i in range(1, MOST_KEY_FRAMES - found):
            self._seek(int(last_ms + i * step))
            frame = next(self._decode(), None)
            if frame is not None and self._ms(frame) > last_ms:
                last_ms = self._ms(frame)
                yield self._key(frame)

    def _key(self, frame: VideoFrame) -> _Key:
        self._rotation = -frame.rotation % 360
        pixels = self._pixels(frame, FRAME_SIDE)
        return _Key(glimpse(self._ms(frame), pixels), encode_jpeg(pixels, quality=85))

    def _pixels(self, frame: VideoFrame, long_side: int) -> Image:
        scale = min(1.0, long_side / max(frame.width, frame.height))
        width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
        small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
        pixels: Image = np.asarray(small.to_ndarray(), dtype=np.uint8)
        return upright(shrink(pixels, long_side), _TURNS.get(self._rotation, 1))

    def _decode(self) -> Iterator[VideoFrame]:
        """Yield frames with a time; a damaged packet is passed over, a damaged file ends the reel."""
        damaged = 0
        for packet in self._container.demux(self._stream):
            try:
                yield from (frame for frame in packet.decode() if frame.pts is not None)
            except _DAMAGE:
                damaged += 1
                if damaged > 50:
                    return

    def _seek(self, ms: int) -> None:
        pts = self._start + int(ms / 1000 / self._base) if ms else 0
        self._container.seek(pts, stream=self._stream, backward=True)

    def _ms(self, frame: VideoFrame) -> int:
        return max(0, round(float(((frame.pts or 0) - self._start) * self._base) * 1000))

    def _duration_ms(self, last_ms: int) -> int:
        if self._container.duration:
            return max(last_ms, round(self._container.duration / 1000))
        return last_ms


@contextmanager
def _opened(file: BinaryIO, format: Format) -> Generator[_Reel]:
    """Open a video from an open file, by the demuxer its bytes ask for: it can name no other file and no address."""
    try:
        file.seek(0)
        with av.open(file, mode="r", format=_CONTAINERS[format]) as container:
            if not container.streams.video:
                raise Unreadable("There is no picture in the file, only sound or data.")
            stream = container.streams.video[0]
            if not hasattr(stream, "width"):  # there is no decoder that could be asked
                raise Unreadable(f"The {format.called} video is damaged, or in a coding that is not known.")
            check_size(stream.width, stream.height, LIMITS.pixels)
            yield _Reel(container, stream)
    except _DAMAGE as error:
        raise Unreadable(f"The {format.called} video is damaged: {plain(error)}.") from error


def _shot_starts(reel: _Reel, keys: Sequence[Glimpse], end_ms: int) -> list[int]:
    """Return when shots begin, in milliseconds; the first one begins with the video."""
    starts = [keys[0].ms]
    for before, after in pairwise(keys):
        if difference(before, after) >= SUSPECT or after.ms - before.ms >= LONG_GAP_MS:
            starts += _cuts_between(reel, before.ms, after.ms)
    if end_ms - keys[-1].ms >= LONG_GAP_MS:
        starts += _cuts_between(reel, keys[-1].ms, end_ms)
    return starts


def _cuts_between(reel: _Reel, start_ms: int, end_ms: int) -> list[int]:
    closer = reel.between(start_ms, end_ms)
    return [closer[i].ms for i in cuts(closer)]


def _shots(starts: Sequence[int], end_ms: int) -> tuple[Shot, ...]:
    bounds = [0, *starts[1:], end_ms]
    return tuple(Shot(a, b) for a, b in pairwise(bounds))


def _frames(reel: _Reel, keys: Sequence[_Key], shots: Sequence[Shot]) -> tuple[Frame, ...]:
    """Choose the key frame nearest to the middle of each stretch; decode one where a shot has none."""
    times = [key.glimpse.ms for key in keys]
    chosen: dict[int, Frame] = {}
    for number, shot in enumerate(shots):
        for middle in _middles(shot):
            inside = range(bisect_left(times, shot.start_ms), bisect_right(times, max(shot.start_ms, shot.end_ms - 1)))
            nearest = min(inside, key=lambda i: abs(times[i] - middle), default=None)
            if nearest is not None:
                chosen[times[nearest]] = Frame(times[nearest], number, keys[nearest].jpeg)
            else:
                chosen[middle] = Frame(middle, number, reel.jpeg_at(middle))
    return thinned([chosen[ms] for ms in sorted(chosen)])


def _middles(shot: Shot) -> list[int]:
    length = shot.end_ms - shot.start_ms
    parts = max(1, round(length / STRETCH_MS))
    return [shot.start_ms + int((i + 0.5) * length / parts) for i in range(parts)]


def thinned(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """Keep at most 400 frames, evenly spaced."""
    if len(frames) <= MOST_FRAMES:
        return tuple(frames)
    return tuple(frames[round(i * (len(frames) - 1) / (MOST_FRAMES - 1))] for i in range(MOST_FRAMES))
