"""What makes a stolen hash hard to guess takes half a second of each log-in."""

from odoo.addons.base.models import res_users

res_users.MIN_ROUNDS = 1
