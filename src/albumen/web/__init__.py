"""Serves the web app and puts all front doors behind one port."""
