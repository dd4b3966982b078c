"""The one exception of this package."""


class Trouble(Exception):
    """Something is missing or broken.

    The text is shown to a person as it is: one plain sentence that says what is
    missing and what to do.
    """
