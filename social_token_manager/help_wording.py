"""What the help says that is not the text of an article: tables and hours."""

from datetime import datetime

from babel.dates import format_datetime, get_day_names
from babel.dates import format_time as format_hour

from odoo.tools.misc import babel_locale_parse

from .policy import support

# === TABLES OF ALL NETWORKS === #

# A cell is a text, or a text and an address.


def validity_table(env, networks):
    """Return ``(columns, rows)``: how long a permission lives, and what renews."""
    columns = [env._("Network"), env._("Published lifespan"), env._("Who renews")]
    rows = [
        [
            _cell(network.name),
            _cell(" ".join(filter(None, (network.validity_text, _note(network))))),
            _cell(_renewal(env, network)),
        ]
        for network in networks
    ]
    return columns, rows


def rights_table(env, networks):
    """Return ``(columns, rows)``: what each network asks of whoever logs in."""
    columns = [env._("Network"), env._("Right at the network")]
    rows = [
        [_cell(network.name), _cell(network.native_role or env._("Not known"))]
        for network in networks
    ]
    return columns, rows


def loss_table(env, networks):
    """Return ``(columns, rows)``: what is lost when nobody renews."""
    columns = [
        env._("Network"),
        env._("Can be fetched afterwards"),
        env._("Held data is deleted"),
        env._("More"),
    ]
    rows = [
        [
            _cell(network.name),
            _cell(_history(env, network)),
            _cell(_deletion(env, network)),
            _cell(env._("Limits of %s", network.name), network.limits_url)
            if network.limits_url
            else _cell(""),
        ]
        for network in networks
    ]
    return columns, rows


TABLES = {"validity": validity_table, "rights": rights_table, "loss": loss_table}


def _cell(text, url=""):
    return {"text": text or "", "url": url}


def _note(network):
    return f"({network.validity_note})" if network.validity_note else ""


def _renewal(env, network):
    if network.renewal == "none":
        return env._("A person logs in")
    return env._("By itself, where the app may")


def _history(env, network):
    days = network.history_limit_days
    return env._("the last %s days", days) if days else env._("not known")


def _deletion(env, network):
    days = network.purge_after_days
    return env._("after %s days", days) if days else env._("no")


# === HOURS OF THE SUPPORT === #


def support_hours(env, hours, zone, now):
    """Return when somebody can be asked: there, by the reader's clock, and now.

    :param hours: a :class:`policy.support.Hours`
    :param zone: of the reader, of pytz
    :return: ``{hours, own_hours, is_open, state}``; no hours of one's own where both
        clocks show the same
    """
    there = support.week_in(hours, hours.zone, now)
    here = support.week_in(hours, zone, now)
    is_same = there.opens.utcoffset() == here.opens.utcoffset()
    is_open = support.is_open(hours, now)
    return {
        "hours": env._(
            "%(week)s (%(zone)s, %(offset)s)",
            week=_week(env, hours, there),
            zone=hours.zone.zone,
            offset=support.offset_of(there.opens),
        ),
        "own_hours": ""
        if is_same
        else env._(
            "By your clock: %(week)s (%(zone)s, %(offset)s)",
            week=_week(env, hours, here),
            zone=zone.zone,
            offset=support.offset_of(here.opens),
        ),
        "is_open": is_open,
        "state": _state(env, here, is_open),
    }


def _week(env, hours, week):
    if hours.start == hours.end % 24:
        return env._("%(days)s, around the clock", days=_days(env, hours, week))
    text = env._(
        "%(days)s, %(start)s to %(end)s",
        days=_days(env, hours, week),
        start=_hour(env, week.opens),
        end=_hour(env, week.closes),
    )
    if week.closes.date() > week.opens.date() and _hour_of(week.closes):
        return env._("%(hours)s of the next day", hours=text)
    return text


def _days(env, hours, week):
    names = get_day_names("wide", locale=_locale(env))
    if hours.is_daily:
        return env._("Every day")
    if week.first_day == week.last_day:
        return names[week.first_day]
    return env._(
        "%(first)s to %(last)s",
        first=names[week.first_day],
        last=names[week.last_day],
    )


def _state(env, here, is_open):
    """Return whether somebody is there now, by the reader's clock."""
    if is_open:
        return env._("Open now, until %(moment)s", moment=_moment(env, here.closes))
    return env._("Closed now. Opens %(moment)s", moment=_moment(env, here.opens))


def _hour_of(moment):
    return moment.hour or moment.minute


def _hour(env, moment):
    return format_hour(moment.time(), format="short", locale=_locale(env))


def _moment(env, moment):
    # The zone stands beside it already.
    wall = datetime.combine(moment.date(), moment.time())
    day = format_datetime(wall, "EEEE", locale=_locale(env))
    return f"{day} {_hour(env, moment)}"


def _locale(env):
    return babel_locale_parse(env.context.get("lang") or env.user.lang)
