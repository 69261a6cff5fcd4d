"""Quality: how sharp, bright and contrasty a picture or a face is."""
