"""One plain class a service: its methods are the operations in snake case."""
