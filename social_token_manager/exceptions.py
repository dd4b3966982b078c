"""What other addons may have to catch."""

from odoo.exceptions import UserError

from .wording import reason_sentences


class NoWorkingToken(UserError):
    """There is no token to work with; the sentence says why and what to do.

    :ivar str reason: a code of ``policy.reasons``
    :param str sentence: to say instead of what the reason says
    """

    def __init__(self, env, reason, sentence=None):
        self.reason = reason
        super().__init__(sentence or " ".join(reason_sentences(env, reason)))


class TokenBusy(UserError):
    """Somebody else renews the token and has not finished; try again."""

    def __init__(self, env):
        super().__init__(
            env._(
                "This connection is being renewed at this moment. Nothing is lost; "
                "try again in a minute."
            )
        )
