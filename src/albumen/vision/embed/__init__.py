"""Pictures and sentences in one space: search by what is in the picture."""
