"""Stand-in networks for development, demonstration, training and tests.

A real HTTP server with consent pages that behaves as the documented network does, and
refuses what that network refuses. It serves loopback only and says on every page that
it is a stand-in. ``README.md`` documents every control.
"""
