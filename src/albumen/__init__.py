"""Albumen keeps, understands and finds photos, videos and documents on your own machine."""

__version__ = "0.1.0"
