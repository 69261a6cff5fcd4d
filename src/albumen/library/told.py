"""Under which name the fact is kept that holds what a file says of itself, which sidecars are added to anew."""

TASK, CARD = "file", "file"
