"""Bytes to pixels: formats, metadata, one scaled decode, video frames, and the sandbox that contains bad files."""
