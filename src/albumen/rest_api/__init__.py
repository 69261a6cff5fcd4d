"""Our own HTTP API: a file a resource; each handler parses, calls the library, and prints."""
