"""Models: cards that say what there is, sources that fetch it, runtimes that run it, one pool that holds it."""
