"""Work that outlives a request and a restart."""
