"""Setting up a machine and running things on it. Standard library only."""
