"""The command line: a file a command group, each of which parses, calls and prints."""
