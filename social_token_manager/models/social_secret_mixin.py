from odoo import models
from odoo.exceptions import UserError

from ..keyring import KeyringError, SecretDamaged, UnknownKey
from ..wording import key_problem


class SocialSecretMixin(models.AbstractModel):
    """The verbs for fields of the type ``Encrypted``, on a record that has an id."""

    _name = "social.secret.mixin"
    _description = "Sealing and Opening of Secrets"

    def _get_secret_generation(self):
        """Return the generation that this record's secrets are bound to."""
        return 0

    def _seal_secret(self, field_name, plain, generation=None):
        """Return the envelope of a text for a field of this record.

        :param generation: when it is about to rise, the new one
        :raise UserError: there is no usable key
        """
        self.ensure_one()
        ring = self.env["social.key"]._get_keyring()
        return ring.seal(plain, self._get_secret_place(field_name, generation))

    def _open_secret(self, field_name):
        """Return the plain text of a secret, or None when there is none.

        Open late, keep nowhere.

        :raise SecretDamaged: the envelope does not belong to this place, or its key
            was given up
        :raise UserError: there is no usable key
        """
        self.ensure_one()
        # The field is closed to everybody; this verb is its one way out.
        envelope = self.sudo()[field_name]
        if not envelope:
            return None
        keys = self.env["social.key"]
        ring = keys._get_keyring()
        try:
            return ring.open(envelope, self._get_secret_place(field_name))
        except SecretDamaged:
            raise
        except KeyringError as error:
            if isinstance(error, UnknownKey) and str(error) in keys._get_lost():
                raise SecretDamaged("its key was given up") from None
            raise UserError(key_problem(self.env, error)) from None

    def _forget_secret(self, field_name):
        """Forget a secret that no key will ever open again.

        A hook of the engine, on rows that are locked; what the secret was for has to
        show that it is missing.
        """
        self.write({field_name: False})

    def _settle_forgotten(self):
        """Derive what hangs on forgotten secrets, in a transaction after that one."""

    def _get_secret_place(self, field_name, generation=None):
        if generation is None:
            generation = self._get_secret_generation()
        return (self._name, self.id, field_name, generation)
