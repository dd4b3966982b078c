"""A process with Odoo's registry that does what its standard input asks for.

Each line is ``fork|here ROLE ARGUMENTS``, its answer one line of JSON. ``fork`` leaves
the work to a child, whose process id comes first: it can be killed at any instant.
Nothing of a token is ever printed but what is usable at a stand-in.
"""

import json
import os
import sys
from datetime import timedelta

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.server import load_server_wide_modules
from odoo.tools import config

from tests.year import scheduler

NAME = "social.token"


def renew(env, *_arguments):
    """Run one turn of the scheduled action."""
    env[NAME]._cron_renew()
    return "turned"


def consume(env, profile_id, seconds="60"):
    """Ask for a token as another addon does; return it, or the reason for none."""
    exceptions = sys.modules["odoo.addons.social_token_manager.exceptions"]
    profile = env["social.profile"].browse(int(profile_id))
    try:
        return {"token": profile._access_token(int(seconds))}
    except exceptions.NoWorkingToken as error:
        return {"reason": error.reason}
    except exceptions.TokenBusy:
        return {"busy": True}


def consume_and_fail(env, profile_id):
    """Ask for a token in a transaction that comes to nothing."""
    env["social.profile"].browse(int(profile_id)).name = "Rolled Back"
    env.flush_all()
    consume(env, profile_id)
    env.cr.rollback()
    return "rolled back"


def call(env, profile_id, url):
    """Call an address as another addon does; return the status, or the failure."""
    session = env["social.profile"].browse(int(profile_id))._session()
    try:
        return session.get(url).status_code
    except Exception as error:
        return type(error).__name__


def press(env, profile_id):
    """Press *Verify*."""
    return env["social.profile"].browse(int(profile_id)).action_verify()["type"]


def stock(env, app_id, path):
    """Store the grants of a file, each as if its person had just come back."""
    results = sys.modules["odoo.addons.social_token_manager.providers.results"]
    clock = sys.modules["odoo.addons.social_token_manager.clock"]
    app = env["social.app"].browse(int(app_id))
    stored = []
    with open(path) as file:
        grants = json.load(file)
    for grant in grants:
        token_set = results.TokenSet(
            grant["access_token"],
            grant["refresh_token"],
            issued_at=clock.now(),
            access_expires_at=clock.now() + timedelta(seconds=grant["expires_in"]),
        )
        person = results.Person(grant["account"], grant["account"])
        token = env[NAME]._store_grant(
            app, results.Grant(person, token_set), env.user.partner_id
        )
        listing = [
            results.ProfileData(
                network=app.network_ids.code,
                external_id=grant["account"],
                name=grant["account"],
                can_renew="yes",
            )
        ]
        env["social.profile"]._store_listing(token, listing, True)
        token._settle()
        stored.append((token.id, token.access_ids.profile_id.id))
    return stored


ROLES = {
    role.__name__: role
    for role in (renew, consume, consume_and_fail, call, press, stock, *scheduler.ROLES)
}


def work(database, role, arguments):
    with Registry(database).cursor() as cr:
        return ROLES[role](api.Environment(cr, SUPERUSER_ID, {}), *arguments)


def fork(database, role, arguments):
    """Let a child do it and tell its process id; answer when it has ended."""
    sql_db.close_all()
    child = os.fork()
    if not child:
        work(database, role, arguments)
        os._exit(0)
    print(json.dumps({"pid": child}), flush=True)
    os.waitpid(child, 0)
    return "ended"


def main(database):
    config.parse_config(["-d", database, "--no-http", "--log-level=warn"])
    load_server_wide_modules()
    Registry(database)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        way, role, *arguments = line.split()
        do = fork if way == "fork" else work
        print(json.dumps(do(database, role, arguments)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
