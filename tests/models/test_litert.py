"""LiteRT's small talk stays off standard error, what matters comes through."""

import os

import pytest

pytest.importorskip("ai_edge_litert")

from albumen.models.runtimes.litert import without_chatter


def test_information_is_dropped_and_warnings_come_through(capfd):
    with without_chatter():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nWARNING: slow\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "WARNING: slow\nafter\n"


def test_an_error_while_a_model_is_opened_gives_standard_error_back(capfd):
    with pytest.raises(ValueError, match="bad"), without_chatter():
        os.write(2, b"ERROR: no such operation\n")
        raise ValueError("bad")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "ERROR: no such operation\nafter\n"
