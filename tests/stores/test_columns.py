import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.stores.columns import Among, AnyOf, Between, Bits, Columns, Known, Not, OneOf

DTYPES = {"taken": "f8", "rating": "i1", "camera": "i4", "flags": "u1", "asset": "i4"}


def filled() -> Columns:
    columns = Columns(DTYPES)
    columns.put(
        [1, 2, 3, 5],
        {
            "taken": [10.0, np.nan, 30.0, 50.0],
            "rating": [5, 3, np.nan, -1],
            "camera": [7, 8, 7, np.nan],
            "flags": [0, 1, 3, 2],
        },
    )
    return columns


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ((), [1, 2, 3, 5]),
        ((Between("taken", 10, 30),), [1, 3]),
        ((Between("taken", low=30),), [3, 5]),
        ((Between("taken", high=30),), [1, 3]),
        ((Between("rating", low=-200),), [1, 2, 5]),
        ((Between("rating", high=3),), [2, 5]),
        ((Between("rating", 3.5, 3.9),), []),
        ((OneOf("camera", (7, 99)),), [1, 3]),
        ((OneOf("camera", tuple(range(8, 30))),), [2]),
        ((OneOf("camera", (7.5, *range(8, 30))),), [2]),
        ((OneOf("rating", tuple(range(-300, -2))),), []),
        ((OneOf("rating", (1e9, *range(3, 30))),), [1, 2]),
        ((Bits("flags", 2),), [3, 5]),
        ((Known("taken"), Known("rating")), [1, 5]),
        ((Among((5, 1, 4, 1000)),), [1, 5]),
        ((Not(Between("taken", 0, 20)),), [2, 3, 5]),
        ((AnyOf((Between("taken", 50, 50), OneOf("camera", (8,)))),), [2, 5]),
        ((AnyOf(()),), []),
    ],
)
def test_a_filter_passes_the_right_keys(filters: tuple[Known, ...], keys: list[int]) -> None:
    assert np.flatnonzero(filled().mask(*filters)).tolist() == keys


def test_a_change_and_a_removal_count_at_once() -> None:
    columns = filled()
    columns.put([2, 900], {"taken": [20.0, 25.0]})
    columns.remove([1, 5000])
    assert np.flatnonzero(columns.mask(Between("taken", 0, 30))).tolist() == [2, 3, 900]
    assert np.flatnonzero(columns.mask(Known("rating"))).tolist() == [5]
    assert columns.keys.tolist() == [2, 3, 5, 900]
    assert len(columns) == 4


def test_a_mask_over_assets_becomes_a_mask_over_their_frames() -> None:
    frames = Columns({"asset": "i4"})
    frames.put([1, 2, 3, 4], {"asset": [1, 1, 3, np.nan]})
    mask = filled().mask(Between("taken", 10, 10))
    assert np.flatnonzero(frames.through("asset", mask)).tolist() == [1, 2]
    assert not frames.through("asset", mask[:0]).any()
    assert not frames.through("asset", np.array([True])).any()


def test_refuses_what_does_not_fit() -> None:
    columns = filled()
    with pytest.raises(ValueError, match="no column size; there are asset, camera, flags, rating, taken"):
        columns.mask(Known("size"))
    with pytest.raises(ValueError, match="Column rating holds -128 to 127, not 128"):
        columns.put([9], {"rating": [128]})
    with pytest.raises(ValueError, match=r"Column taken needs 2 values, one a key, not shape \(1,\)"):
        columns.put([8, 9], {"taken": [1.0]})
    assert columns.keys.tolist() == [1, 2, 3, 5]


@given(
    rows=st.dictionaries(st.integers(0, 300), st.none() | st.integers(-20, 20), max_size=40),
    low=st.none() | st.floats(-25, 25, width=32),
    high=st.none() | st.floats(-25, 25, width=32),
)
def test_ranges_agree_with_plain_python(rows: dict[int, int | None], low: float | None, high: float | None) -> None:
    columns = Columns({"whole": "i2", "real": "f4"})
    for key, value in rows.items():
        given = np.nan if value is None else value
        columns.put([key], {"whole": [given], "real": [given]})
    expected = [
        key
        for key, value in sorted(rows.items())
        if value is not None and (low is None or value >= low) and (high is None or value <= high)
    ]
    for name in ("whole", "real"):
        assert np.flatnonzero(columns.mask(Between(name, low, high))).tolist() == expected
