"""Who can log in to which account: those of the people's pages, by the same names."""

from ..meta.seed import FULL, MANAGE, PAGES
from ..network import App
from .model import Account


def seed(network, account_id, has_account):
    """Fill a network with the accounts of the people's pages and the ready-made app.

    :param account_id: function of a page's number
    :param has_account: function of a row of pages
    """
    for number, row in enumerate(PAGES, start=1):
        name, username, _category, _client, _instagram, roles, _more = row
        if has_account(row):
            holders = [key for key, tasks in roles.items() if tasks in (MANAGE, FULL)]
            add(network, account_id(number), username, name, holders, 800 * number)
    app = App(
        str(network.first_app_id),
        f"sandbox-{network.code}-secret",
        "Social Token Manager demo",
        developers=["ana"],
    )
    network.apps[app.client_id] = app


def add(network, number, username, name, holders, followers=10, **more):
    account = Account(number, username, name, holders, followers=followers, **more)
    network.accounts[number] = account
