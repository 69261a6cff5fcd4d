"""The catalog: which assets there are, where their files were seen, and what is known of them."""
