"""Edges of the Graph API: what each gives and what it needs.

Sources: references of ``user/accounts``, ``user/permissions``,
``page/subscribed_apps``, ``page/roles``, ``page/assigned_users`` and
``application/permissions``.
"""

import json
import secrets
from dataclasses import dataclass

from . import errors
from .nodes import DEFAULT_FIELDS, person_of

LONGEST_MESSAGE = 2000

ACCOUNT_FIELDS = "access_token,category,category_list,name,id,tasks"
SUBSCRIBER_TASKS = {"CREATE_CONTENT", "MANAGE", "MODERATE"}
MANAGER_TASKS = {"MANAGE", "FULL_CONTROL"}
# Fields of ``subscribed_apps`` a page accepts, and the permission each needs beyond
# ``pages_manage_metadata`` ("Webhooks for Pages", "Webhooks - Messenger Platform").
MESSAGE_FIELDS = """
    messages messaging_postbacks message_reactions message_reads message_deliveries
    message_echoes messaging_optins messaging_referrals messaging_handovers standby
    message_edits messaging_policy_enforcement
""".split()
OTHER_FIELDS = """
    feed mention name picture category description conversations leadgen ratings
""".split()


@dataclass
class Listing:
    """An edge's answer before fields and paging are applied."""

    kind: str
    items: list
    default_fields: str


# --- edges of a person


def list_accounts(call, person):
    """The pages this person ticked; none without ``pages_show_list``."""
    if call.data_withheld or not call.grant.has("pages_show_list"):
        return Listing("Page", [], ACCOUNT_FIELDS)
    pages = [
        page
        for page in call.network.pages_of(person)
        if call.grant.covers_page(page.id)
    ]
    if not call.grant.has("business_management"):
        pages = [page for page in pages if not page.portfolio_only]
    return Listing("Page", pages, ACCOUNT_FIELDS)


def list_permissions(call, person):
    grant = call.network.grant(call.token.app_id, person)
    if grant is None:
        return {"data": []}
    given = "expired" if call.data_withheld else "granted"
    rows = [{"permission": scope, "status": given} for scope in grant.scopes]
    rows += [{"permission": scope, "status": "declined"} for scope in grant.declined]
    return {"data": rows}


def delete_permissions(call, person, scope=None):
    """Withdraw one scope, or remove the app: every token of the grant dies."""
    grant = call.network.grant(call.token.app_id, person)
    if grant is None:
        raise errors.not_authorized(call.token.app_id)
    if scope is None:
        call.network.revoke(call.token.app_id, person)
    elif scope not in grant.scopes:
        raise errors.bad_parameter(f"Permission {scope} was not granted")
    else:
        call.network.withdraw_scope(grant, scope)
    return {"success": True}


def list_businesses(call, person):
    call.need("business_management")
    withheld = call.data_withheld
    mine = [
        item
        for item in call.network.businesses.values()
        if person in item.people and not withheld
    ]
    return Listing("Business", mine, DEFAULT_FIELDS["Business"])


def list_business_users(call, person):
    call.need("business_management")
    rows = []
    for business in call.network.businesses.values():
        if person in business.people:
            rows.append(
                {
                    "id": call.network.business_user_id(business.id, person),
                    "name": person_of(call, person).name,
                    "role": business.people[person],
                    "business": {"id": business.id, "name": business.name},
                }
            )
    return {"data": rows}


# --- edges of a business


def list_owned_pages(call, business):
    call.need("business_management")
    pages = [
        page
        for page in call.network.pages.values()
        if page.business == business.id and not page.deleted
    ]
    return Listing("Page", pages, ACCOUNT_FIELDS)


def list_client_pages(call, business):
    call.need("business_management")
    pages = [call.network.pages[page_id] for page_id in business.client_pages]
    return Listing("Page", [page for page in pages if not page.deleted], ACCOUNT_FIELDS)


# --- edges of a page


def plain_tasks(call, page):
    """Return the acting person's tasks without the prefix of new-style pages."""
    role = call.network.role(call.token.person, page.id)
    return (
        {task.removeprefix("PROFILE_PLUS_") for task in role.tasks} if role else set()
    )


def need_page_token(call):
    if call.token.kind != "PAGE":
        raise errors.page_token_required()


def need_subscriber(call, page):
    need_page_token(call)
    call.need("pages_manage_metadata")
    call.need("pages_show_list")
    if not plain_tasks(call, page) & (SUBSCRIBER_TASKS | MANAGER_TASKS):
        raise errors.task_missing()


def list_subscribed_apps(call, page):
    """No row: not installed. No ``subscribed_fields`` in it: installed but deaf."""
    need_subscriber(call, page)
    rows = []
    for app_id, fields in page.subscriptions.items():
        app = call.network.apps.get(app_id)
        row = {
            "id": app_id,
            "name": app.name if app else app_id,
            "category": "Business",
        }
        rows.append(row | ({"subscribed_fields": list(fields)} if fields else {}))
    return {"data": rows}


def subscribe_app(call, page):
    """Install the app on the page; the list of fields is replaced, never merged."""
    need_subscriber(call, page)
    names = [
        name.strip(" []\"'")
        for name in call.params.get("subscribed_fields", "").split(",")
    ]
    names = [name for name in names if name]
    if not names:
        raise errors.bad_parameter("The parameter subscribed_fields is required.")
    for index, name in enumerate(names):
        if name not in MESSAGE_FIELDS + OTHER_FIELDS:
            raise errors.bad_parameter(
                f"Param subscribed_fields[{index}] must be one of the known fields"
            )
        if name in MESSAGE_FIELDS and not call.grant.has("pages_messaging"):
            raise errors.subscription_scope_missing(name, "pages_messaging")
    page.subscriptions[call.token.app_id] = names
    return {"success": True}


def unsubscribe_app(call, page):
    need_subscriber(call, page)
    page.subscriptions.pop(call.token.app_id, None)
    return {"success": True}


def list_roles(call, page):
    """People with a role who are not members of the page's own business."""
    need_page_token(call)
    business = call.network.businesses.get(page.business)
    members = business.people if business else {}
    rows = []
    for person in call.network.roles.get(page.id, {}):
        role = call.network.role(person, page.id)
        if role and person not in members:
            scoped = call.network.scoped_id(call.token.app_id, person)
            rows.append(
                {
                    "id": scoped,
                    "name": person_of(call, person).name,
                    "tasks": list(role.tasks),
                }
            )
    return {"data": rows}


def list_assigned_users(call, page):
    """Business users on the page, with ids of that business; needs full control."""
    need_page_token(call)
    call.need("pages_manage_metadata")
    if not plain_tasks(call, page) & MANAGER_TASKS:
        raise errors.task_missing()
    business = call.network.businesses.get(call.params.get("business", ""))
    if business is None:
        raise errors.bad_parameter("The parameter business is required")
    rows = []
    for person in business.people:
        role = call.network.role(person, page.id)
        if role:
            row = {
                "id": call.network.business_user_id(business.id, person),
                "name": person_of(call, person).name,
            }
            row |= {
                "user_type": "BUSINESS_USER",
                "business": {"id": business.id, "name": business.name},
            }
            wanted = call.fields("id,name,user_type,business")
            rows.append(
                {
                    k: v
                    for k, v in (row | {"tasks": list(role.tasks)}).items()
                    if k in {"id", *wanted}
                }
            )
    return {"data": rows}


def need_messaging(call, page):
    """Refuse who may not read or write messages of a page or its Instagram account.

    An inbox that is switched off is no fault of the token.
    """
    need_page_token(call)
    platform = call.params.get("platform", "messenger")
    if platform == "instagram":
        call.need("instagram_manage_messages")
        account = call.network.instagram.get(page.instagram)
        if account is None or not call.grant.covers_instagram(account.id):
            raise errors.no_such_object(page.id)
        if not account.message_access:
            raise errors.GraphError(
                200, "(#200) The owner has switched off access to messages.", 2534041
            )
    elif platform != "messenger":
        raise errors.bad_parameter(
            "Param platform must be one of {MESSENGER, INSTAGRAM}"
        )
    else:
        call.need("pages_messaging")
        if not page.messenger:
            raise errors.bad_parameter("Messaging is not enabled for this Page")
    if (
        "MESSAGING" not in plain_tasks(call, page)
        and not plain_tasks(call, page) & MANAGER_TASKS
    ):
        raise errors.task_missing()


def list_conversations(call, page):
    need_messaging(call, page)
    rows = [
        {"id": f"t_{page.id}{number}", "updated_time": "2026-01-01T00:00:00+0000"}
        for number in (1, 2, 3)
    ]
    return {
        "data": rows[: int(call.params["limit"])]
        if call.params.get("limit", "").isdecimal()
        else rows
    }


def send_message(call, page):
    """Answer somebody who wrote (Send API); nothing is kept of it."""
    need_messaging(call, page)
    recipient = structured(call, "recipient").get("id")
    text = structured(call, "message").get("text")
    if not recipient:
        raise errors.bad_parameter("The parameter recipient is required")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_MESSAGE:
        raise errors.bad_parameter(
            f"Length of param message[text] must be 1 to {LONGEST_MESSAGE}"
        )
    return {"recipient_id": recipient, "message_id": f"m_{secrets.token_urlsafe(24)}"}


def structured(call, name):
    """Return an object among the parameters, which a form has as JSON."""
    body = call.request.get_json(silent=True) if call.request.is_json else None
    value = (body or {}).get(name)
    if value is None:
        try:
            value = json.loads(call.params.get(name) or "{}")
        except ValueError:
            value = {}
    return value if isinstance(value, dict) else {}


def list_agencies(call, page):
    need_page_token(call)
    partners = [
        item
        for item in call.network.businesses.values()
        if page.id in item.client_pages
    ]
    return {"data": [{"id": item.id, "name": item.name} for item in partners]}


# --- edges of an app


def need_app_token(call):
    if call.token.kind != "APP":
        raise errors.app_token_required()


def list_app_permissions(call, app):
    need_app_token(call)
    rows = []
    for scope in call.network.permissions:
        rows.append(
            {
                "permission": scope,
                "status": "unapproved" if scope in app.unapproved else "live",
            }
        )
    return {"data": rows}


def list_app_subscriptions(call, app):
    need_app_token(call)
    return {"data": list(app.webhooks.values())}


def write_app_subscription(call, app):
    """Store the app's webhook for one object type. The stand-in does no handshake."""
    need_app_token(call)
    for name in ("object", "callback_url", "fields", "verify_token"):
        if not call.params.get(name):
            raise errors.bad_parameter(f"The parameter {name} is required")
    fields = [
        {"name": name, "version": call.version}
        for name in call.params["fields"].split(",")
    ]
    entry = {
        "object": call.params["object"],
        "callback_url": call.params["callback_url"],
    }
    app.webhooks[call.params["object"]] = entry | {"fields": fields, "active": True}
    return {"success": True}


def delete_app_subscription(call, app):
    need_app_token(call)
    if call.params.get("object"):
        app.webhooks.pop(call.params["object"], None)
    else:
        app.webhooks.clear()
    return {"success": True}


EDGES = {
    ("User", "accounts"): {"GET": list_accounts},
    ("User", "permissions"): {"GET": list_permissions, "DELETE": delete_permissions},
    ("User", "businesses"): {"GET": list_businesses},
    ("User", "business_users"): {"GET": list_business_users},
    ("Business", "owned_pages"): {"GET": list_owned_pages},
    ("Business", "client_pages"): {"GET": list_client_pages},
    ("Page", "subscribed_apps"): {
        "GET": list_subscribed_apps,
        "POST": subscribe_app,
        "DELETE": unsubscribe_app,
    },
    ("Page", "roles"): {"GET": list_roles},
    ("Page", "assigned_users"): {"GET": list_assigned_users},
    ("Page", "conversations"): {"GET": list_conversations},
    ("Page", "messages"): {"POST": send_message},
    ("Page", "agencies"): {"GET": list_agencies},
    ("Application", "permissions"): {"GET": list_app_permissions},
    ("Application", "subscriptions"): {
        "GET": list_app_subscriptions,
        "POST": write_app_subscription,
        "DELETE": delete_app_subscription,
    },
}
