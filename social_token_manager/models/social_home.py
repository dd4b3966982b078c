from pathlib import Path

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tools import SQL

from ..clock import now
from ..const import DATA_FOLDER
from ..engine import own_environment
from ..exceptions import NoWorkingToken
from ..home import Home, instance_id
from ..policy import reasons
from ..wording import home_text, reason_sentences
from .social_app import shared_transport

MODULE = "social_token_manager"


class SocialHome(models.Model):
    """Where this database is at home: a copy of it calls no network.

    A copy that renews would end the connections of the original: networks take a
    refresh token that comes twice for a theft (RFC 9700 section 4.14.2). One row,
    written before the first call of all.
    """

    _name = "social.home"
    _description = "Home of This Database"

    database = fields.Char("Database Name", required=True, readonly=True)
    uuid = fields.Char("Database ID", required=True, readonly=True)
    instance = fields.Char("Installation ID", required=True, readonly=True)
    is_here = fields.Boolean(compute="_compute_is_here")
    text = fields.Text("What Is Known", compute="_compute_is_here")

    _one = models.UniqueIndex("((TRUE))", "A database has one home.")

    @api.depends("database", "uuid", "instance")
    @api.depends_context("lang")
    def _compute_is_here(self):
        present = self._get_present()
        for home in self:
            recorded = home._get_home()
            home.is_here = recorded == present
            home.text = home_text(self.env, recorded, present)

    @api.depends("database")
    def _compute_display_name(self):
        for home in self:
            home.display_name = self.env._("Home of This Database")

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Return the action that shows the one row to an Owner."""
        self._check_owner()
        self._get_recorded()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                f"{MODULE}.social_home_action"
            ),
            "res_id": self._find().id,
        }

    def action_move_here(self):
        """Make this database the home: it takes over from where it came from."""
        self._check_owner()
        # Owners read this row; what changes it is checked right here.
        self._find().write(self._get_present()._asdict())
        self._conclude("moved")

    def action_wipe(self):
        """Wipe what a copy must not have: all secrets, as neutralizing does."""
        self._check_owner()
        self.env.flush_all()
        for query in get_neutralization_queries([MODULE]):
            self.env.cr.execute(SQL(query))
        self.env.invalidate_all()
        self.sudo().create(self._get_present()._asdict())
        self._conclude("wiped")

    def _check_owner(self):
        if self.env.user.has_group(f"{MODULE}.group_owner"):
            return
        raise AccessError(
            self.env._(
                "Where this database is at home is for Owners of Social Connections "
                "to say. Nothing was changed; ask one of them."
            )
        )

    def _conclude(self, kind):
        self.env.registry.clear_cache()
        # Whoever read the old home meanwhile has it in this process's cache.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        self.env["social.event"]._record_everywhere(kind)

    # === ASKING === #

    @api.model
    def _get_transport(self):
        """Return the one way out to the networks.

        :raise NoWorkingToken: this database is a copy
        """
        self._check()
        return shared_transport()

    @api.model
    def _check(self):
        """Refuse whatever ends in a call, for as long as this is a copy.

        :raise NoWorkingToken: with the sentence that says who decides
        """
        if not self._is_here():
            raise NoWorkingToken(self.env, reasons.COPIED)

    @api.model
    def _is_here(self):
        """Whether this database is at home; asked before each call, so it is quick."""
        return self._get_recorded() == self._get_present()

    @api.model
    def _get_notice(self):
        """Return what a page says about a copy: ``{sentence, may_decide}``, or None.

        By the caller's own cursor, which may be read-only, and nothing is recorded.
        """
        home = self._find()
        if not home or home.is_here:
            return None
        return {
            "sentence": " ".join(reason_sentences(self.env, reasons.COPIED)),
            "may_decide": self.env.user.has_group(f"{MODULE}.group_owner"),
        }

    @api.model
    def _find(self):
        # Whether this is a copy concerns whoever is about to make a call.
        return self.sudo().search([], limit=1)

    def _get_home(self):
        self.ensure_one()
        return Home(self.database, self.uuid, self.instance)

    @api.model
    def _get_present(self):
        """Return the :class:`Home` that this process finds itself in.

        :raise UserError: the installation's id cannot be had
        """
        path = Path(tools.config["data_dir"]) / DATA_FOLDER / "instance"
        parameters = self.env["ir.config_parameter"].sudo()
        try:
            instance = instance_id(path)
        except OSError:
            raise UserError(
                self.env._(
                    "The file %(path)s, which tells this installation from a copy, "
                    "can be neither read nor made. Nothing is lost: let the server's "
                    "account write to that folder and try again.",
                    path=path,
                )
            ) from None
        uuid = parameters.get_param("database.uuid") or ""
        return Home(self.env.cr.dbname, uuid, instance)

    @api.model
    @tools.ormcache()
    def _get_recorded(self):
        """Return the :class:`Home` on record; at first use, the present one.

        In a cursor of its own: what is cached has to be committed.
        """
        with own_environment(self.env) as env:
            homes = env[self._name]
            return (homes._find() or homes._record())._get_home()

    @api.model
    def _record(self):
        """Record the present home, unless somebody else just did; return the row."""
        present = self._get_present()
        self.env.cr.execute(
            SQL(
                "INSERT INTO social_home (database, uuid, instance, create_date)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                *present,
                now(),
            )
        )
        return self._find()
