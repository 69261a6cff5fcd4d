"""Reads the few fields of a SentencePiece model file that its tokenizer needs."""

import struct
from collections import defaultdict
from typing import NamedTuple

from albumen.core.errors import ModelError


class Pieces(NamedTuple):
    """A SentencePiece vocabulary with log probabilities, and the table its normaliser works by."""

    vocabulary: list[tuple[str, float]]
    charsmap: bytes


def pieces(data: bytes) -> Pieces:
    """Return what a unigram SentencePiece model says."""
    top = fields(data)
    vocabulary: list[tuple[str, float]] = []
    for raw in top[1]:
        piece = fields(raw)
        score = struct.unpack("<f", piece[2][0])[0] if piece[2] else 0.0
        vocabulary.append((piece[1][0].decode("utf-8"), score))
    # the normaliser is field 3 of the model, its table field 2 of that
    return Pieces(vocabulary, fields(top[3][0])[2][0])


def fields(data: bytes) -> defaultdict[int, list[bytes]]:
    """Return a message's fields of a length or of fixed size by number; plain numbers are left out."""
    found: defaultdict[int, list[bytes]] = defaultdict(list)
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        match key & 7:
            case 0:
                _, at = _number(data, at)
                continue
            case 1:
                size = 8
            case 2:
                size, at = _number(data, at)
            case 5:
                size = 4
            case kind:
                raise ModelError(f"the SentencePiece model is damaged: field type {kind} at byte {at}; fetch it again")
        found[key >> 3].append(data[at : at + size])
        at += size
    return found


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ModelError("the SentencePiece model is cut off; fetch it again")
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
        shift += 7
