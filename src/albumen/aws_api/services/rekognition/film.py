"""Stored videos as jobs see them: facts, frames at regular times, every frame small, and where there is silence."""
# PyAV gives frames as loosely typed arrays.

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from albumen.core.arrays import Image
from albumen.core.errors import Unreadable, Unsupported
from albumen.media.canvas import shrink, upright
from albumen.media.formats import HEAD, Format, sniff

LONG_SIDE = 1280
FORMATS = {Format.MP4: "mov", Format.MOV: "mov"}
TURNS = {0: 1, 90: 6, 180: 3, 270: 8}
"""Degrees clockwise to EXIF orientation."""
FULL_RANGE = 2
DAMAGE = (FFmpegError, OSError, ValueError, EOFError)


@dataclass(frozen=True)
class Facts:
    """What a video is, as VideoMetadata and AudioMetadata have it."""

    video: dict[str, object]
    audio: list[dict[str, object]]
    fps: float
    duration_ms: int


@dataclass(frozen=True)
class Frame:
    """One frame: its number, its time and its upright pixels."""

    number: int
    ms: int
    pixels: Image


@contextmanager
def opened(path: Path) -> Generator[tuple[InputContainer, VideoStream]]:
    """Open an MP4 or MOV file by the demuxer that its bytes ask for."""
    with path.open("rb") as file:
        format = sniff(file.read(HEAD))
        if format is None or format not in FORMATS:
            raise Unsupported("The video is neither MP4 nor MOV.")
        file.seek(0)
        try:
            with av.open(file, mode="r", format=FORMATS[format]) as container:
                if not container.streams.video:
                    raise Unreadable("There is no picture in the file, only sound or data.")
                yield container, container.streams.video[0]
        except DAMAGE as error:
            raise Unreadable("The video is damaged.") from error


def facts(path: Path) -> Facts:
    """Return what a video is."""
    with opened(path) as (container, stream):
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        if stream.duration and stream.time_base:
            duration = round(float(stream.duration * stream.time_base) * 1000)
        else:
            duration = round((container.duration or 0) / 1000)
        context = stream.codec_context
        video: dict[str, object] = {
            "Codec": context.name,
            "DurationMillis": duration,
            "Format": "QuickTime / MOV",
            "FrameRate": fps,
            "FrameWidth": stream.width,
            "FrameHeight": stream.height,
            "ColorRange": "FULL" if context.color_range == FULL_RANGE else "LIMITED",
        }
        return Facts(video, [_audio(s, duration) for s in container.streams.audio], fps, duration)


def _audio(stream: "av.AudioStream", otherwise: int) -> dict[str, object]:
    if stream.duration and stream.time_base:
        otherwise = round(float(stream.duration * stream.time_base) * 1000)
    return {
        "Codec": stream.codec_context.name,
        "DurationMillis": otherwise,
        "SampleRate": stream.sample_rate,
        "NumberOfChannels": stream.channels,
    }


def samples(path: Path, every_ms: int, long_side: int = LONG_SIDE) -> Iterator[Frame]:
    """Yield the first frame and then one at least every so many milliseconds."""
    due = 0.0
    for number, ms, frame in _decoded(path):
        if ms >= due:
            yield Frame(number, int(ms), _pixels(frame, long_side))
            due = max(due + every_ms, ms - every_ms)


@dataclass(frozen=True)
class Still:
    """One frame as segments are found by: number, time in milliseconds, a tiny picture, and its full luma plane."""

    number: int
    ms: float
    pixels: Image
    luma: NDArray[np.uint8]


def stills(path: Path, long_side: int) -> Iterator[Still]:
    """Yield every frame."""
    for number, ms, frame in _decoded(path):
        yield Still(number, ms, _pixels(frame, long_side), _luma(frame))


def _luma(frame: VideoFrame) -> NDArray[np.uint8]:
    """Return the luma plane as it is stored, every second row and column."""
    if not frame.format.name.startswith(("yuv420p", "yuvj420p", "nv12")) or frame.format.name.endswith("le"):
        frame = frame.reformat(format="yuv420p")
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height : 2, : frame.width : 2]


def _decoded(path: Path) -> Iterator[tuple[int, float, VideoFrame]]:
    with opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        base, start, number = stream.time_base, stream.start_time or 0, 0
        for frame in container.decode(stream):
            if frame.pts is not None and base is not None:
                yield number, float((frame.pts - start) * base) * 1000, frame
                number += 1


def _pixels(frame: VideoFrame, long_side: int) -> Image:
    scale = min(1.0, long_side / max(frame.width, frame.height))
    width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    return upright(shrink(np.asarray(small.to_ndarray(), np.uint8), long_side), TURNS.get(-frame.rotation % 360, 1))


def loudness(path: Path) -> list[tuple[float, float, float]]:
    """Return start, end in milliseconds and the peak (0 to 1) of each stretch of sound; empty without sound."""
    found: list[tuple[float, float, float]] = []
    with opened(path) as (container, _):
        for stream in container.streams.audio[:1]:
            for frame in container.decode(stream):
                found.append(_peak(frame))
    return found


def _peak(frame: AudioFrame) -> tuple[float, float, float]:
    sound = frame.to_ndarray()
    scale = {"u1": 128.0, "i2": 32768.0, "i4": 2147483648.0}.get(sound.dtype.str[1:], 1.0)
    start = float((frame.pts or 0) * (frame.time_base or 0)) * 1000
    peak = float(np.abs(sound.astype(np.float64)).max() / scale) if sound.size else 0.0
    return start, start + 1000 * frame.samples / frame.sample_rate, peak
