"""One demo for all tests of this folder."""

import os

import pytest

from dev import testing
from tests.demos import Demo


@pytest.fixture(scope="package")
def demo():
    running = Demo(os.environ[testing.RUN_VARIABLE] + "_demo")
    try:
        yield running.start()
    finally:
        running.clear()
