"""Tests from outside: a browser, several processes, the machine's set-up."""
