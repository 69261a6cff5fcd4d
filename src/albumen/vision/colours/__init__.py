"""Which named colours a picture has."""
