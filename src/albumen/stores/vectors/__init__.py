"""Keeps vectors by key and finds the nearest: fp16 files are the truth, the 4-bit scan is derived from them."""

from albumen.stores.vectors.store import Hits, Vectors

__all__ = ["Hits", "Vectors"]
