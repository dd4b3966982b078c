"""Nodes of the Graph API: what a token may see, and what each field shows."""

from dataclasses import dataclass

from . import errors


@dataclass
class Linked:
    """A field's value that is itself a node."""

    kind: str
    node: object


def select(call, kind, node, fields):
    """Return the asked fields of a node; a field without a value is left out.

    :raise GraphError: 100 for a field the node type does not have.
    """
    known = FIELDS[kind]
    result = {}
    for name, subfields in {"id": None, **fields}.items():
        if name not in known:
            raise errors.bad_parameter(
                f"Tried accessing nonexisting field ({name}) on node type ({kind})"
            )
        value = known[name](call, node)
        if isinstance(value, Linked):
            value = select(call, value.kind, value.node, subfields or {"id": None})
        elif isinstance(value, dict) and subfields:
            value = keep(value, subfields)
        if value is not None:
            result[name] = value
    return result


def keep(value, subfields):
    inner = value.get("data", value)
    kept = {key: inner[key] for key in subfields if key in inner}
    return {"data": kept} if "data" in value else kept


# --- what a token may see


def sees_person(call, person):
    return call.token.kind == "APP" or call.token.person == person


def sees_page(call, page):
    if page.deleted or call.token.kind == "APP":
        return False
    if call.token.kind == "PAGE":
        return call.token.page == page.id
    return ticked(call, page) and call.grant.has("pages_show_list")


def ticked(call, page):
    """Whether person and grant both reach the page."""
    return call.grant.covers_page(page.id) and bool(
        call.network.role(call.token.person, page.id)
    )


def sees_instagram(call, instagram_id):
    """An Instagram account is reached through its linked page and its own tick."""
    page = call.network.page_of_instagram(instagram_id)
    if (
        page is None
        or call.token.kind == "APP"
        or not call.grant.covers_instagram(instagram_id)
    ):
        return False
    if call.token.kind == "PAGE":
        return call.token.page == page.id
    return bool(call.network.role(call.token.person, page.id))


def sees_business(call, business):
    return call.token.kind == "USER" and call.token.person in business.people


# --- fields


def person_of(call, key):
    return call.network.world.people[key]


def picture(call, key):
    return {
        "data": {
            "height": 96,
            "width": 96,
            "is_silhouette": False,
            "url": call.picture_url(key),
        }
    }


def page_access_token(call, page):
    if call.token.kind == "PAGE":
        return call.token.value
    token = call.network.page_token(call.token, page) if ticked(call, page) else None
    return token and token.value


def page_tasks(call, page):
    role = call.network.role(call.token.person, page.id)
    return role and list(role.tasks)


def page_instagram(call, page):
    if not page.instagram or not call.grant.has("instagram_basic"):
        return None
    if not call.grant.covers_instagram(page.instagram):
        return None
    return Linked("IGUser", call.network.instagram[page.instagram])


def page_access_until(call, page):
    role = call.network.role(call.token.person, page.id)
    return errors.pacific(role.until) if role and role.until else None


def reading(getter):
    """A page field beyond its name: needs ``pages_read_engagement``."""

    def checked(call, page):
        call.need("pages_read_engagement", "pages_manage_metadata")
        return getter(call, page)

    return checked


def of_instagram(getter):
    def checked(call, account):
        call.need("instagram_basic")
        return getter(call, account)

    return checked


def page_business(call, page):
    business = call.network.businesses.get(page.business)
    return business and {"id": business.id, "name": business.name}


PAGE_FIELDS = {
    "id": lambda call, page: page.id,
    "name": lambda call, page: page.name,
    "username": lambda call, page: page.username or None,
    "access_token": page_access_token,
    "category": lambda call, page: page.category,
    "category_list": lambda call, page: [{"id": "2500", "name": page.category}],
    "tasks": page_tasks,
    "picture": lambda call, page: picture(call, page.id),
    "instagram_business_account": page_instagram,
    "connected_instagram_account": page_instagram,
    "has_transitioned_to_new_page_experience": lambda call, page: True,
    "user_access_expire_time": page_access_until,
    "is_published": reading(lambda call, page: page.published),
    "link": reading(
        lambda call, page: f"{call.request.host_url}meta/pages/{page.username}"
    ),
    "fan_count": reading(lambda call, page: 1000 + int(page.id) % 1000),
    "followers_count": reading(lambda call, page: 1000 + int(page.id) % 1000),
    "business": reading(page_business),
    "owner_business": reading(page_business),
    "has_added_app": reading(
        lambda call, page: call.token.app_id in page.subscriptions
    ),
    "is_webhooks_subscribed": reading(
        lambda call, page: bool(page.subscriptions.get(call.token.app_id))
    ),
    "is_messenger_platform_bot": reading(lambda call, page: page.messenger),
}

FIELDS = {
    "User": {
        "id": lambda call, key: call.network.scoped_id(call.token.app_id, key),
        "name": lambda call, key: person_of(call, key).name,
        "first_name": lambda call, key: person_of(call, key).name.split()[0],
        "last_name": lambda call, key: person_of(call, key).name.split()[-1],
        "email": lambda call, key: (
            person_of(call, key).email
            if call.grant and call.grant.has("email")
            else None
        ),
        "picture": lambda call, key: picture(
            call, call.network.scoped_id(call.token.app_id, key)
        ),
    },
    "Page": PAGE_FIELDS,
    "IGUser": {
        "id": lambda call, account: account.id,
        "ig_id": of_instagram(lambda call, account: int(account.id) % 10**10),
        "username": of_instagram(lambda call, account: account.username),
        "name": of_instagram(lambda call, account: account.name),
        "profile_picture_url": of_instagram(
            lambda call, account: call.picture_url(account.id)
        ),
        "followers_count": of_instagram(lambda call, account: account.followers),
        "media_count": of_instagram(lambda call, account: account.followers // 10),
        "is_published": of_instagram(lambda call, account: True),
    },
    "Business": {
        "id": lambda call, business: business.id,
        "name": lambda call, business: business.name,
        "verification_status": lambda call, business: business.verification_status,
    },
    "Application": {
        "id": lambda call, app: app.client_id,
        "name": lambda call, app: app.name,
        "app_domains": lambda call, app: [],
        "has_messenger_product": lambda call, app: True,
    },
}

DEFAULT_FIELDS = {
    "User": "id,name",
    "Page": "id,name",
    "IGUser": "id",
    "Business": "id,name",
    "Application": "id,name",
}
