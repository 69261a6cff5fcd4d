"""What a search sentence means: who, when, where, what, written text and kind of media, as data."""
