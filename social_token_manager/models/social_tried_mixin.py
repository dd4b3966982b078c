from odoo import models
from odoo.fields import Command

OURS = "social."


class SocialTriedMixin(models.AbstractModel):
    """What a form tries out must be seen by who tries it.

    Odoo names whatever a form says that it points to, and related fields read on from
    there as the superuser: a form that is never saved would tell what is hidden.
    """

    _name = "social.tried.mixin"
    _description = "Guard of What Forms Try Out"

    def onchange(self, values, field_names, fields_spec):
        """Override of `web`.

        :raise AccessError: a field points to a record of ours that is hidden
        """
        defaults = {} if field_names else self.default_get(list(fields_spec))
        _check_tried(self, {**defaults, **values})
        return super().onchange(values, field_names, fields_spec)


def _check_tried(model, values):
    for name, value in values.items():
        field = model._fields.get(name)
        if not value or not field or not (field.comodel_name or "").startswith(OURS):
            continue
        tried = model.env[field.comodel_name]
        commands = [Command.link(value)] if field.type == "many2one" else value
        for number, record_id, details in map(_complete, commands):
            if number in (Command.CREATE, Command.UPDATE):
                _check_tried(tried, details)
            elif number in (Command.LINK, Command.SET):
                ids = details if number == Command.SET else [record_id]
                tried.browse(ids).exists().check_access("read")


def _complete(command):
    """Return a command with all three parts; clients leave out what is of no use."""
    return (*command, 0, 0)[:3]
