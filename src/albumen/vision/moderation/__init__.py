"""Moderation: how likely a picture is not for everyone's eyes."""
