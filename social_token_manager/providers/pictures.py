"""Pictures of profiles: nice to have, so bounded in time and never a reason to fail."""

import re
from concurrent.futures import ThreadPoolExecutor, wait

from .errors import ProviderError

SECONDS = 8
AT_ONCE = 4
# PNG, JPEG, GIF and WebP by their first bytes: a header may say anything, and what can
# hold a script, as SVG can, is no picture here.
PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP", re.S)


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
    is_picture = response.ok and PICTURE.match(response.content)
    return response.content if is_picture else None
