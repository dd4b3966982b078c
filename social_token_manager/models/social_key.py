import functools
import os
from pathlib import Path

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from .. import keyring
from ..const import DATA_FOLDER, KEY_FILE_OPTION, KEY_FILE_VARIABLE
from ..files import signature
from ..wording import key_problem


class SocialKey(models.Model):
    """What tells a wrong key: a check value for each key that ever sealed here.

    The keys themselves are in a file outside the database and outside the filestore,
    so neither a dump nor Odoo's own backup holds them.
    """

    _name = "social.key"
    _description = "Encryption Key in Use"

    kid = fields.Char("Key ID", required=True)
    check_value = fields.Char(required=True)

    _kid_unique = models.UniqueIndex("(kid)", "A key id is used once.")

    @api.model
    def _get_keyring(self):
        """Return the :class:`keyring.Keyring` that this database is sealed with.

        A key is made on first use only, and never while something is sealed.

        :raise UserError: the key is missing, wrong, or its file unusable
        """
        path, is_named = self._get_location()
        try:
            ring = self._load(path, may_generate=not is_named)
            self._check(ring)
        except keyring.KeyringError as error:
            raise UserError(key_problem(self.env, error)) from None
        except OSError as error:
            unusable = keyring.KeyFileInvalid(f"{path}: {type(error).__name__}")
            raise UserError(key_problem(self.env, unusable)) from None
        return ring

    @api.model
    def _get_location(self):
        """Return where the key file is, and whether the configuration names it."""
        named = os.environ.get(KEY_FILE_VARIABLE) or tools.config.get(KEY_FILE_OPTION)
        if named:
            return Path(named), True
        return Path(tools.config["data_dir"]) / DATA_FOLDER / "keys", False

    @api.model
    def _load(self, path, may_generate):
        try:
            return _load_unchanged(path, signature(path))
        except FileNotFoundError:
            if self._get_checks() or not may_generate:
                raise keyring.KeyFileMissing(str(path)) from None
            return keyring.generate(path)

    @api.model
    def _check(self, ring):
        """Compare the ring with the keys that sealed here; remember a new writer.

        :raise KeyFileInvalid: it is another key, or none of those in use
        """
        checks = self._get_checks()
        for kid in ring.keys:
            if kid in checks and checks[kid] != ring.check_value(kid):
                raise keyring.KeyFileInvalid(f"key {kid} is not the one used so far")
        if checks and not set(checks) & set(ring.keys):
            raise keyring.UnknownKey(", ".join(sorted(checks)))
        if ring.writer not in checks:
            self._remember(ring)

    @api.model
    def _remember(self, ring):
        self.env.cr.execute(
            tools.SQL(
                "INSERT INTO social_key (kid, check_value) VALUES (%s, %s) "
                "ON CONFLICT DO NOTHING",
                ring.writer,
                ring.check_value(ring.writer),
            )
        )
        self.env.registry.clear_cache()
        # What is rolled back must not stay in the cache: the next use writes it again.
        self.env.cr.postrollback.add(self.env.registry.clear_cache)

    @api.model
    @tools.ormcache()
    def _get_checks(self):
        """Return ``{kid: check value}`` of the keys that sealed something here."""
        self.env.cr.execute("SELECT kid, check_value FROM social_key")
        return dict(self.env.cr.fetchall())


@functools.lru_cache(maxsize=4)
def _load_unchanged(path, _found):
    return keyring.load(path)
