"""Names the time zone of a place, offline."""

import tzfpy


def zone_at(lat: float, lon: float) -> str:
    """Return the zone's name, such as `Europe/Berlin`; empty if there is none."""
    return tzfpy.get_tz(lon, lat)
