"""Pictures of profiles: nice to have, so bounded in time and never a reason to fail."""

from concurrent.futures import ThreadPoolExecutor, wait

from .errors import ProviderError

SECONDS = 8
AT_ONCE = 4
KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")


def fetch_pictures(transport, wanted):
    """Return the pictures that came in time.

    :param Transport transport: bounds each call and refuses addresses inside
    :param dict wanted: ``{key: address}``; an address that several want is asked once
    :return: ``{key: bytes}``
    """
    addresses = set(wanted.values())
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="social-pictures")
    tasks = {pool.submit(_fetch, transport, url): url for url in addresses}
    done, _late = wait(tasks, timeout=SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    found = {tasks[task]: task.result() for task in done}
    return {key: found[url] for key, url in wanted.items() if found.get(url)}


def _fetch(transport, url):
    try:
        with transport.session() as session:
            response = session.get(url)
    except (ProviderError, ValueError):
        return None
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return response.content if response.ok and kind in KINDS else None
