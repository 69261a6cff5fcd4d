"""Things found at places in a picture."""
