import functools
import os
from pathlib import Path

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

from .. import keyring
from ..const import DATA_FOLDER, KEY_FILE_OPTION, KEY_FILE_VARIABLE
from ..files import signature
from ..policy import keys
from ..wording import (
    key_problem,
    key_use_text,
    lost_key_text,
    start_anew_problem,
)

MODULE = "social_token_manager"


class SocialKey(models.Model):
    """What tells a wrong key: a check value for each key that ever sealed here.

    The keys themselves are in a file outside the database and outside the filestore,
    so neither a dump nor Odoo's own backup holds them.
    """

    _name = "social.key"
    _inherit = ["social.key.rotation"]
    _description = "Encryption Key in Use"

    kid = fields.Char("Key ID", required=True)
    check_value = fields.Char(required=True)
    is_lost = fields.Boolean("Given Up", help="An Owner said that it is gone for good.")

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
            if self._get_kept() or not may_generate:
                raise keyring.KeyFileMissing(str(path)) from None
            return keyring.generate(path)

    @api.model
    def _check(self, ring):
        """Compare the ring with the keys that sealed here; remember a new writer.

        :raise KeyFileInvalid: it is another key, or none of those in use
        """
        checks = self._get_checks()
        other = self._find_other(ring)
        if other:
            raise keyring.KeyFileInvalid(f"key {other} is not the one used so far")
        kept = self._get_kept()
        if kept and not kept & ring.keys.keys():
            raise keyring.UnknownKey(", ".join(sorted(kept)))
        if ring.writer not in checks:
            self._remember(ring)
            if checks:
                self._seal_soon()

    @api.model
    def _find_other(self, ring):
        """Return the id under which the ring has another key than was used here."""
        checks = self._get_checks()
        return next(
            # Of a key that never was in the file when it was given up there is none.
            (
                one
                for one in ring.keys
                if checks.get(one) not in (None, "", ring.check_value(one))
            ),
            None,
        )

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
        self._forget_cache()

    @api.model
    def _forget_cache(self):
        self.env.registry.clear_cache()
        # What is rolled back must not stay in the cache: the next use writes it again.
        self.env.cr.postrollback.add(self.env.registry.clear_cache)

    @api.model
    def _seal_soon(self):
        action = self.env.ref(f"{MODULE}.ir_cron_seal_anew", raise_if_not_found=False)
        # Where somebody deleted it, secrets are to open all the same.
        if action:
            action._trigger()

    @api.model
    @tools.ormcache()
    def _get_checks(self):
        """Return ``{kid: check value}`` of the keys that sealed something here."""
        self.env.cr.execute("SELECT kid, check_value FROM social_key")
        return dict(self.env.cr.fetchall())

    @api.model
    @tools.ormcache()
    def _get_lost(self):
        """Return the ids of the keys that were given up."""
        self.env.cr.execute("SELECT kid FROM social_key WHERE is_lost")
        return frozenset(kid for (kid,) in self.env.cr.fetchall())

    @api.model
    def _get_kept(self):
        """Return the ids of the keys that sealed here and that nobody gave up."""
        return self._get_checks().keys() - self._get_lost()

    # === WHAT HANGS ON THEM === #

    @api.model
    def _get_uses(self):
        """Return the :class:`policy.keys.KeyUse` of each key, by one look at all."""
        ring = self._find_ring()
        # What is shown of a key is no secret; its check value is closed to everybody.
        rows = self.sudo().search([("damaged_count", ">", 0)])
        return keys.uses_of(
            self._count_by_key(),
            tuple(ring.keys) if ring else (),
            self._get_lost(),
            {row.kid: row.damaged_count for row in rows},
        )

    @api.model
    def _get_uses_text(self):
        """Return a line for each key; never with a key."""
        return "\n".join(key_use_text(self.env, use) for use in self._get_uses())

    @api.model
    def _get_source_text(self):
        """Return where the key is and which one seals; never the key."""
        path, is_named = self._get_location()
        try:
            kid = self._get_keyring().writer
        except UserError as error:
            return str(error)
        if is_named:
            return self.env._("Key %(kid)s, file %(path)s", kid=kid, path=path)
        return self.env._(
            "Key %(kid)s, made on first use: %(path)s. Back this file up apart from "
            "the database.",
            kid=kid,
            path=path,
        )

    @api.model
    def _find_ring(self):
        """Return the :class:`keyring.Keyring` in the file, fitting or not, or None."""
        path, _is_named = self._get_location()
        try:
            return _load_unchanged(path, signature(path))
        except (keyring.KeyringError, OSError):
            return None

    # === STARTING ANEW === #

    @api.model
    def _start_anew(self):
        """Give up the keys that are gone; go on with the one there is, or a new one.

        :raise AccessError: the user is no Owner
        :raise UserError: no key is gone, or there is none to go on with
        """
        if not self.env.user.has_group(f"{MODULE}.group_owner"):
            raise AccessError(
                self.env._(
                    "Whether an encryption key is lost is for Owners of Social "
                    "Connections to say. Nothing was changed; ask one of them."
                )
            )
        self.env["social.home"]._check()
        gone, problem = self._find_gone()
        if problem:
            raise UserError(problem)
        self._give_up(gone)
        self._get_keyring()
        self._seal_soon()
        self.env["social.event"]._record_everywhere(
            "rekeyed", detail=", ".join(sorted(gone))
        )

    @api.model
    def _find_gone(self):
        """Return the ids of the keys that are gone, and why they cannot be given up.

        :return: ``(set of ids, sentence or None)``
        """
        path, is_named = self._get_location()
        ring = self._find_ring()
        other = ring and self._find_other(ring)
        is_there = ring or _is_there(path)
        gone = self._get_used() - (ring.keys.keys() if ring else set())
        if not ring and (is_named or is_there):
            why = "unusable" if is_there else "named"
        elif other:
            why = "other"
        else:
            why = None if gone else "readable"
        if why:
            return gone, start_anew_problem(self.env, why, path, other)
        return gone, None

    @api.model
    def _get_loss_text(self):
        """Return what starting anew would mean, or None where it is refused."""
        gone, problem = self._find_gone()
        if problem:
            return None
        counts = self._count_by_key()
        path, _is_named = self._get_location()
        return lost_key_text(
            self.env,
            gone,
            sum(counts.get(kid, 0) for kid in gone),
            path,
            makes_file=not self._find_ring(),
        )

    @api.model
    def _get_used(self):
        """Return the ids of the keys that something hangs on, or that seal from now on.

        Without any of the keys that sealed here nothing is sealed, so that they count
        as used though nothing may hang on them.
        """
        counted = {kid for kid, count in self._count_by_key().items() if count}
        ring, kept = self._find_ring(), self._get_kept()
        is_blocked = kept and not (ring and kept & ring.keys.keys())
        return (counted | (kept if is_blocked else set())) - self._get_lost()

    @api.model
    def _give_up(self, gone):
        """Have secrets that hang on some keys count as damaged from now on."""
        self.env.cr.execute(
            tools.SQL(
                "INSERT INTO social_key (kid, check_value, is_lost)"
                " SELECT kid, '', TRUE FROM unnest(%s) AS gone(kid)"
                " ON CONFLICT (kid) DO UPDATE SET is_lost = TRUE",
                sorted(gone),
            )
        )
        self.invalidate_model()
        self._forget_cache()


def _is_there(path):
    try:
        signature(path)
    except FileNotFoundError:
        return False
    except OSError:
        # It cannot even be looked at.
        return True
    return True


@functools.lru_cache(maxsize=4)
def _load_unchanged(path, _found):
    return keyring.load(path)
