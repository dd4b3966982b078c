"""Refusals of the sandbox itself (a network's own refusals live with the network)."""


class ControlError(ValueError):
    """A control got something it cannot use; the text tells the caller what and why."""


class Refusal(Exception):
    """A network's refusal that knows the answer it becomes."""

    def response(self):
        """Return the HTTP answer in the network's documented shape."""
        raise NotImplementedError
