"""The field type of every secret in this addon."""

from odoo import fields

from .keyring import is_envelope


class Encrypted(fields.Text):
    """A secret that the ORM only ever sees sealed.

    The field refuses anything that is not an envelope, so neither its cache nor an
    UPDATE, a log line or an export can hold the plain text. Sealing and opening are
    explicit verbs of :class:`SocialSecretMixin`, on a record that has an id.
    """

    groups = fields.NO_ACCESS
    copy = False
    prefetch = False
    exportable = False

    def convert_to_cache(self, value, record, validate=True):
        """Override of Odoo's to refuse plain text; all that is stored passes here."""
        self._refuse_plain(value)
        return super().convert_to_cache(value, record, validate)

    def _refuse_plain(self, value):
        if value and not is_envelope(value):
            raise TypeError(f"{self} takes a sealed value only")
