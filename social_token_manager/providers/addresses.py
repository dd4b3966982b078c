"""Whether addresses can be used, before anybody is sent there."""

import ipaddress
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from .errors import ProviderError, Unreachable
from .transport import REDIRECTS, is_public

AT_ONCE = 8
NOT_HTTPS, NOT_PUBLIC = "not_https", "not_public"
# RFC 6761 and RFC 8375: names that lead nowhere outside.
LOCAL_ENDINGS = ("localhost", "local", "internal", "test", "invalid", "home.arpa")


def find_unreachable(transport, addresses):
    """Return ``{address: ProviderError}`` of those behind which nobody answers.

    Each server is asked once, by a HEAD of its root: any answer will do.

    :param Transport transport: bounds each call and refuses addresses inside
    """
    roots = {address: _root(address) for address in addresses}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="social-addresses") as pool:
        asked = {
            root: pool.submit(_knock, transport, root) for root in set(roots.values())
        }
    failures = {address: asked[root].result() for address, root in roots.items()}
    return {address: failure for address, failure in failures.items() if failure}


def trouble_of_own(url, development_hosts=()):
    """Return why networks do not send people back to an address of ours, else None.

    What is behind a name is not looked up: inside, it may be another address.

    :return: ``NOT_HTTPS`` or ``NOT_PUBLIC``
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if host in development_hosts:
        return None
    if not _may_be_public(host):
        return NOT_PUBLIC
    return None if parts.scheme == "https" else NOT_HTTPS


def _may_be_public(host):
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = f".{host}"
        return "." in host and not labels.endswith(
            tuple(f".{ending}" for ending in LOCAL_ENDINGS)
        )
    return is_public(host)


def _root(address):
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def _knock(transport, root):
    """Return the failure of a call, None where there was any answer."""
    try:
        with transport.session() as session:
            session.head(root)
    except Unreachable as failure:
        # Whoever sends us elsewhere has answered.
        return None if failure.detail.endswith(REDIRECTS) else failure
    except ProviderError as failure:
        return failure
    return None
