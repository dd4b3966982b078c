"""What a worker does in the simulated year, with its clock moved."""

import json
import sys
from datetime import datetime

from freezegun import freeze_time

MODULE = "odoo.addons.social_token_manager"


def tell(env, moment):
    """Run the scheduled action that sends notices, at a moment."""
    with freeze_time(moment):
        env["social.notice"]._cron_send_notices()
    return "told"


def change(env, path):
    """Let what a file lists happen: ``{at, grants: {profile: end}, losses: []}``."""
    with open(path) as file:
        todo = json.load(file)
    # What was queued has gone out meanwhile.
    env.cr.execute("UPDATE mail_mail SET state = 'sent' WHERE state = 'outgoing'")
    with freeze_time(todo["at"]):
        for name, end in todo["grants"].items():
            _grant(env, name, datetime.fromisoformat(end))
        for name in todo["losses"]:
            token = env["social.profile"].search([("name", "=", name)]).token_id
            token._take_loss("revoked")
            token._settle()
    return "changed"


def people(env, path):
    """Make the app, and a Manager in each company of its own for each person."""
    with open(path) as file:
        wanted = json.load(file)
    everybody = env["res.users"].with_context(active_test=False).search([])
    everybody.partner_id.email = False
    env["res.company"].search([]).social_quiet_rule = "none"
    for person in wanted:
        company = env["res.company"].create({"name": person["name"]})
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": person["name"],
                "login": person["name"],
                "email": f"{person['name']}@example.com",
                "tz": person["zone"],
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(4, env.ref("social_token_manager.group_manager").id)],
                "social_quiet_start": person["quiet"][0],
                "social_quiet_end": person["quiet"][1],
            }
        )
        env["social.app"].create(
            {
                "name": person["name"],
                "client_id": person["name"],
                "client_secret_input": "year-secret",
                "company_id": company.id,
            }
        )
    return "made"


def _grant(env, name, ends_at):
    """Grant a page anew, in the name of the superuser: the person learns of it."""
    results = sys.modules[f"{MODULE}.providers.results"]
    app = env["social.app"].search([("name", "=", name.split()[0])])
    token_set = results.TokenSet("year-token", access_expires_at=ends_at)
    token = env["social.token"]._store_grant(
        app, results.Grant(results.Person(name, name), token_set), env.user.partner_id
    )
    env.invalidate_all()
    page = results.ProfileData(
        "facebook", name, name, page_token="year-page", can_renew="yes"
    )
    env["social.profile"]._store_listing(token, [page], True)
    token._settle()


ROLES = (tell, change, people)
