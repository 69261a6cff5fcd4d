import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from albumen.core.errors import Unreadable
from albumen.media import video
from albumen.media.formats import Format
from albumen.media.video import Frame
from tests.media.pictures import clip, pan, texture

RATE = 25


def film_of(data: bytes, format: Format = Format.MP4) -> video.Film:
    return video.look_through(io.BytesIO(data), format)


@pytest.mark.parametrize("gop", [12, 250])
def test_finds_every_cut_at_its_frame(gop: int) -> None:
    lengths = (30, 17, 60, 9, 44)
    frames = [frame for seed, length in enumerate(lengths) for frame in pan(seed, length)]
    film = film_of(clip(frames, gop=gop))
    starts = [round(shot.start_ms * RATE / 1000) for shot in film.shots]
    assert starts == [0, *np.cumsum(lengths)[:-1]]
    assert film.shots[-1].end_ms == film.info.duration_ms == 1000 * sum(lengths) // RATE


def test_every_shot_has_a_frame_of_its_own() -> None:
    frames = [frame for seed in range(4) for frame in pan(seed, 20)]
    film = film_of(clip(frames, gop=250))
    assert [frame.shot for frame in film.frames] == [0, 1, 2, 3]
    for frame in film.frames:
        shot = film.shots[frame.shot]
        assert shot.start_ms <= frame.ms < shot.end_ms
        true = frames[frame.ms * RATE // 1000]
        assert np.abs(frame.pixels().astype(int) - true.astype(int)).mean() < 8


def test_a_moving_camera_makes_no_cut() -> None:
    assert len(film_of(clip(pan(1, 120))).shots) == 1


def test_a_flash_of_motion_is_not_taken_for_cuts() -> None:
    wide = texture(2400, 180, seed=3)
    fast = [np.ascontiguousarray(wide[:, 40 * i : 40 * i + 320]) for i in range(50)]
    assert len(film_of(clip(fast)).shots) == 1


def test_a_long_shot_gives_a_frame_for_each_ten_seconds() -> None:
    film = film_of(clip((frame for frame in pan(2, 31) for _ in range(RATE)), gop=RATE))
    assert len(film.shots) == 1 and len(film.frames) == 3
    assert [frame.ms for frame in film.frames] == sorted(frame.ms for frame in film.frames)


def test_the_poster_is_not_the_black_opening() -> None:
    black = [np.zeros((180, 320, 3), np.uint8)] * 30
    film = film_of(clip([*black, *pan(1, 60)]))
    assert film.poster.mean() > 60


@pytest.mark.parametrize(
    "format", [("mp4", Format.MP4), ("mov", Format.MOV), ("matroska", Format.MATROSKA), ("avi", Format.AVI)]
)
def test_opens_each_container(format: tuple[str, Format]) -> None:
    film = film_of(clip(pan(0, 20), format=format[0]), format[1])
    assert (film.info.width, film.info.height, film.info.fps) == (320, 180, 25.0)
    assert film.info.duration_ms == pytest.approx(800, abs=40)


def test_sound_alone_is_no_video() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(Unreadable, match="no picture"):
        film_of(out.getvalue())


def test_a_video_cut_off_in_the_middle_still_shows_its_beginning_or_says_why() -> None:
    whole = clip(pan(0, 100), format="matroska")
    film = film_of(whole[: len(whole) // 2], Format.MATROSKA)
    assert film.info.duration_ms > 0 and film.frames
    with pytest.raises(Unreadable):
        film_of(clip(pan(0, 50))[:2000])


def test_a_video_with_too_many_frames_is_thinned() -> None:
    frames = [Frame(ms, 0, b"") for ms in range(1000)]
    thinned = video.thinned(frames)
    assert len(thinned) == video.MOST_FRAMES
    assert (thinned[0], thinned[-1]) == (frames[0], replace(frames[-1]))


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "size", "codec", "seconds", "rotation"),
    [
        ("photos/with-gps.mov", (320, 568), "h264", 4.0, 90),
        ("photos/sample_mpeg4.mp4", (190, 240), "mpeg4", 4.97, 0),
        ("photos/sample.3gp", (176, 144), "mpeg4", 4.93, 0),
        ("photos/100_0306.AVI", (320, 240), "mjpeg", 2.73, 0),
        ("photos/Sony ILCE-7M3 (A7M3).mts", (1920, 1080), "h264", 0.54, 0),
        ("video/car-detection.mp4", (768, 432), "h264", 30.16, 0),
        ("video/pattern-hd-no-bar.mp4", (720, 1280), "h264", 6.87, 0),
    ],
)
def test_tells_size_upright_codec_and_length(
    data: Path, name: str, size: tuple[int, int], codec: str, seconds: float, rotation: int
) -> None:
    with (data / name).open("rb") as file:
        format = video_format(file.read(4096))
        info = video.probe(file, format)
    assert ((info.width, info.height), info.codec, info.rotation) == (size, codec, rotation)
    assert info.duration_ms / 1000 == pytest.approx(seconds, abs=0.05)


def video_format(head: bytes) -> Format:
    from albumen.media.formats import sniff

    format = sniff(head)
    assert format is not None
    return format


@pytest.mark.data
def test_finds_the_cuts_between_real_clips(data: Path) -> None:
    parts = [("bottle-detection", 0, 40), ("car-detection", 100, 25), ("pattern-hd-no-bar", 0, 30)]
    parts += [("one-by-one-person-detection", 300, 50), ("doorknob-hd-no-bar", 10, 30), ("bottle-detection", 200, 20)]
    frames = [frame for name, skip, count in parts for frame in real(data / "video" / f"{name}.mp4", skip, count)]
    film = film_of(clip(frames, gop=50))
    wanted = [0, *np.cumsum([count for _, _, count in parts])[:-1]]
    assert [round(shot.start_ms * RATE / 1000) for shot in film.shots] == wanted


def real(path: Path, skip: int, count: int) -> list[np.ndarray]:
    found = []
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number >= skip + count:
                break
            if number >= skip:
                found.append(frame.reformat(width=320, height=180, format="rgb24").to_ndarray())
    return found
