"""A simulated year of notices, see ``tests/test_year.py`` and ``make year``."""
