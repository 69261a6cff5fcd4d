"""Offline geography: which place a coordinate is in, and where a named place lies."""

from albumen.library.places.gazetteer import Gazetteer
from albumen.library.places.spots import Place, Spot, distance

__all__ = ["Gazetteer", "Place", "Spot", "distance"]
