"""Tables: found by their rules or by how text lines up, then filled with words."""
