"""Arrays in one file: whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from albumen.core.errors import StoreError
from albumen.stores.saved import pack, read, write

ARRAYS = {"a": np.arange(5, dtype=np.int8), "b": np.array([1.5, np.nan]), "": np.array([True, False])}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "kept", pack({"number": 3}, ARRAYS))
    saved = read(tmp_path / "kept")
    assert saved is not None and saved.about == {"number": 3}
    for name, array in ARRAYS.items():
        assert saved.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(saved.arrays[name], array)


@pytest.mark.parametrize("place", [0, 4, 8, 20, 60, -1])
def test_a_file_with_a_changed_byte_is_not_believed(tmp_path: Path, place: int) -> None:
    write(tmp_path / "kept", pack({}, ARRAYS))
    data = bytearray((tmp_path / "kept").read_bytes())
    data[place] ^= 1
    (tmp_path / "kept").write_bytes(data)
    assert read(tmp_path / "kept") is None


def test_a_missing_an_empty_and_a_truncated_file_hold_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "kept") is None
    write(tmp_path / "kept", pack({}, ARRAYS))
    data = (tmp_path / "kept").read_bytes()
    for length in (0, 3, 16, 30, len(data) - 1):
        (tmp_path / "kept").write_bytes(data[:length])
        assert read(tmp_path / "kept") is None


def test_a_folder_that_is_gone_is_said_in_our_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        write(tmp_path / "gone" / "kept", pack({}, ARRAYS))


WRITER = """
import sys
from pathlib import Path
import numpy as np
from albumen.stores.saved import pack, write
for i in range(1_000_000):
    write(Path(sys.argv[1]), pack({"number": i}, {"a": np.full(300_000, i)}))
    print(flush=True)
"""


def test_whoever_is_killed_while_writing_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    for delay in (0.0, 0.001, 0.003, 0.006):
        process = subprocess.Popen([sys.executable, "-c", WRITER, tmp_path / "kept"], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        saved = read(tmp_path / "kept")
        assert saved is not None and (saved.arrays["a"] == saved.about["number"]).all()
