from odoo import models
from odoo.fields import Command

OURS = "social."


class Base(models.AbstractModel):
    """What a form tries out must be seen by who tries it.

    Odoo names whatever a form says that it points to, and related fields read on from
    there as the superuser: a form that is never saved would tell what is hidden. That
    is so of every form with a field for one of our records, those of other addons
    included.
    """

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        """Override of `web`.

        :raise AccessError: a field points to a record of ours that is hidden
        """
        _check_tried(self, _get_tried_defaults(self, field_names, fields_spec))
        _check_tried(self, values)
        return super().onchange(values, field_names, fields_spec)


def _get_tried_defaults(model, field_names, fields_spec):
    """Return the defaults that Odoo will fill in, of what points to our records."""
    names = [name for name in fields_spec if _is_ours(model._fields.get(name))]
    return model.default_get(names) if names and not field_names else {}


def _is_ours(field):
    return bool(field) and (field.comodel_name or "").startswith(OURS)


def _check_tried(model, values):
    for name, value in values.items():
        field = model._fields.get(name)
        if not value or not field or not field.comodel_name:
            continue
        tried = model.env[field.comodel_name]
        for number, record_id, details in _get_commands(field, value):
            if number in (Command.CREATE, Command.UPDATE):
                _check_tried(tried, details or {})
            elif number in (Command.LINK, Command.SET) and _is_ours(field):
                ids = details if number == Command.SET else [record_id]
                tried.browse(ids).exists().check_access("read")


def _get_commands(field, value):
    """Yield what a form says of a relation as commands with all three parts.

    Clients leave out what is of no use, and some defaults are ids alone.
    """
    for command in [value] if field.type == "many2one" else value:
        if isinstance(command, list | tuple):
            yield (*command, 0, 0)[:3]
        elif isinstance(command, int):
            yield Command.link(command)
