"""``make prove``: the promises of the threat model, each with the tests that keep it.

Prints a table of promise, cases and failures; a promise without a case is a failure.
The series of races and kills are run whole here, see :mod:`tests.series`.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from dev import odoo, testing
from tests import series

ADDON = "social_token_manager/tests"


@dataclass(frozen=True)
class Promise:
    """A promise and the test files (or single tests of a file) that prove it."""

    text: str
    proofs: tuple[str, ...]

    def covers(self, file, name):
        """Whether a test, by the path of its file and its name, is one of them."""
        return any(
            file == path and (not single or name.startswith(single))
            for path, _colons, single in (one.partition("::") for one in self.proofs)
        )


PROMISES = (
    Promise(
        "No secret leaks",
        (
            "tests/test_callback_processes.py::test_no_secret",
            f"{ADDON}/test_encrypted.py",
            f"{ADDON}/test_redaction.py",
            f"{ADDON}/test_keyring.py",
            f"{ADDON}/test_social_key.py",
        ),
    ),
    Promise(
        "A change of the key loses nothing, a loss of it nothing else",
        (
            f"{ADDON}/test_social_key_rotation.py",
            f"{ADDON}/test_social_key_lost.py",
        ),
    ),
    Promise(
        "A code is exchanged once, whoever calls and however often",
        ("tests/test_callback_processes.py::test_twenty",),
    ),
    Promise(
        "A kill at any moment loses nothing",
        ("tests/test_callback_processes.py::test_a_kill",),
    ),
    Promise(
        "No refresh token is presented twice, whoever asks at once",
        (
            "tests/test_engine_processes.py::test_whoever",
            "tests/test_engine_processes.py::test_two_servers",
            "tests/test_engine_processes.py::test_a_revocation",
            f"{ADDON}/test_social_token_renewal.py::test_a_reconnect",
        ),
    ),
    Promise(
        "After a kill every token is usable or says what it needs, once",
        (
            "tests/test_engine_processes.py::test_a_kill",
            "tests/test_engine_processes.py::test_an_answer_lost",
        ),
    ),
    Promise(
        "Trouble of a network or of an app ends no token",
        (
            f"{ADDON}/test_social_token_renewal.py::test_calls_stay",
            f"{ADDON}/test_social_token_renewal.py::test_trouble",
            f"{ADDON}/test_social_token_renewal.py::test_a_broken_app",
            f"{ADDON}/test_social_token_renewal.py::test_many_losses",
        ),
    ),
    Promise(
        "No unsigned, wrongly signed or replayed webhook has an effect",
        (
            "tests/test_webhook_processes.py",
            "tests/test_signals_of_nonsense.py",
            f"{ADDON}/test_social_signal.py",
        ),
    ),
    Promise(
        "No request leaves a copied database",
        ("tests/test_copies.py", f"{ADDON}/test_social_home.py"),
    ),
    Promise(
        "No cross-user and no cross-company binding",
        (
            f"{ADDON}/test_oauth_callback.py",
            f"{ADDON}/test_social_company_rights.py",
            f"{ADDON}/test_social_profile_rights.py",
        ),
    ),
    Promise(
        "One notice for a profile, cycle, rung, person and channel",
        (
            "tests/test_year.py",
            f"{ADDON}/test_social_notice.py",
            f"{ADDON}/test_policy_notices.py",
        ),
    ),
    Promise(
        "Every outbound call is bounded and goes to public addresses",
        (f"{ADDON}/test_provider_transport.py",),
    ),
    Promise(
        "No answer of a network causes a traceback or a false date",
        (
            f"{ADDON}/test_provider_values.py",
            f"{ADDON}/test_provider_meta.py",
            f"{ADDON}/test_provider_meta_errors.py",
        ),
    ),
)


def main():
    """Run all proofs, print the table; return 0 when every promise is kept."""
    files = sorted(
        {proof.partition("::")[0] for one in PROMISES for proof in one.proofs}
    )
    with tempfile.TemporaryDirectory() as folder, testing.run_database() as name:
        report = Path(folder) / "report.xml"
        line = testing.pytest_command(name, [*files, f"--junitxml={report}"])
        testing.foreground(
            line,
            {**odoo.environment(), testing.RUN_VARIABLE: name, series.VARIABLE: "1"},
        )
        rows = count(ElementTree.parse(report).getroot())
    show(rows)
    return 0 if all(cases and not failures for _text, cases, failures in rows) else 1


def count(root):
    """Return ``(promise, cases, failures)`` from a JUnit report."""
    rows = []
    for promise in PROMISES:
        cases = [case for case in root.iter("testcase") if promise.covers(*place(case))]
        failed = [case for case in cases if len(case) and case[0].tag != "system-out"]
        rows.append((promise.text, len(cases), len(failed)))
    return rows


def place(case):
    """Return the path of a test's file and the test's name."""
    words = case.get("classname").split(".")
    while words and not Path(*words).with_suffix(".py").is_file():
        words.pop()
    return str(Path(*words).with_suffix(".py")) if words else "", case.get("name")


def show(rows):
    """Print the table."""
    width = max(len(text) for text, *_numbers in rows)
    print(f"\n{'Promise':<{width}}  Cases  Failures")
    for text, cases, failures in rows:
        print(f"{text:<{width}}  {cases:5}  {failures:8}")


if __name__ == "__main__":
    sys.exit(main())
