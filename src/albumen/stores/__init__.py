"""What survives a restart: the catalog (SQL), the vectors and the blobs."""
