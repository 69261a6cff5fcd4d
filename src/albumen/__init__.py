"""Albumen keeps, understands and finds photos, videos and documents on your own machine."""
