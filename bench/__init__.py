"""Measurements against peers and limits; ``make bench`` prints one table."""
