from odoo import api, models
from odoo.fields import Command

OURS = "social."
# What names records that are there already.
NAMING = (Command.UPDATE, Command.LINK, Command.SET)


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
        if not field_names:
            _check_defaults(self, fields_spec)
        _check_tried(self, values)
        return super().onchange(values, field_names, fields_spec)


def _check_defaults(model, fields_spec):
    """Check what Odoo will fill in: what is ours, and whatever the caller asks for."""
    asked = {name: model.env.context.get(f"default_{name}") for name in fields_spec}
    _check_tried(
        model,
        # From a caller elsewhere; values of other kinds are the server's own.
        {
            name: value
            for name, value in asked.items()
            if isinstance(value, dict | list | tuple)
        },
    )
    names = [name for name in fields_spec if _is_ours(model._fields.get(name))]
    _check_tried(model, model.default_get(names) if names else {})


def _is_ours(field):
    return bool(field) and (field.comodel_name or "").startswith(OURS)


def _check_tried(model, values):
    for name, value in values.items():
        field = model._fields.get(name)
        if not field or not field.comodel_name:
            continue
        tried = model.env[field.comodel_name]
        for number, named, details in _get_commands(field, value):
            if number in (Command.CREATE, Command.UPDATE):
                _check_tried(tried, details or {})
            if number in NAMING and _is_ours(field):
                named = details if number == Command.SET else named
                tried.browse(_get_ids(named)).exists().check_access("read")


def _get_commands(field, value):
    """Yield what a form says of a relation as commands with all three parts.

    Clients leave out what is of no use. Odoo also takes ids alone and, for a record,
    its values with its id among them.
    """
    is_one = field.type == "many2one"
    for command in [value] if is_one else value or ():
        if isinstance(command, dict):
            yield Command.link(command.get("id"))
            yield Command.create(command)
        elif isinstance(command, list | tuple):
            # Of one record that is its id and its name.
            yield Command.link(command[:1]) if is_one else (*command, 0, 0)[:3]
        else:
            yield Command.link(command)


def _get_ids(named):
    """Return the ids of the records that are named, by one id or several.

    Texts are ids to PostgreSQL, too, and a record that is not stored yet may stand for
    one that is.

    :raise ValueError: what is said is no id
    """
    several = named if isinstance(named, list | tuple) else [named]
    origins = (one.origin if isinstance(one, api.NewId) else one for one in several)
    return [int(one) for one in origins if one]
