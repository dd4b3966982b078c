"""Writes each report of a run as a line of JSON, for :mod:`tests.beside`."""

import json
import os

from .beside import REPORTS_VARIABLE


class Reporting:
    def __init__(self, config, file):
        self.config, self.file = config, file

    def pytest_runtest_logreport(self, report):
        data = self.config.hook.pytest_report_to_serializable(
            config=self.config, report=report
        )
        self.file.write(json.dumps(data) + "\n")

    def pytest_sessionfinish(self):
        self.file.close()


def pytest_configure(config):
    file = open(os.environ[REPORTS_VARIABLE], "w")
    config.pluginmanager.register(Reporting(config, file), "reporting")
