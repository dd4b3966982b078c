"""All sentences about what went wrong: what happened, what is lost, what to do.

One place, so that a reason reads the same in a list, a form, a page and a mail.
"""

from babel.numbers import format_decimal, format_percent

from odoo import fields
from odoo.tools import babel_locale_parse, format_date, format_time, get_lang
from odoo.tools.translate import LazyTranslate

from . import keyring
from .policy import escalation as escalation_policy
from .policy import gap, keys, notices, people, reasons, watch
from .policy import health as health_policy
from .policy import status as status_policy

_lt = LazyTranslate(__name__)

# reason -> (a few words for a list, what happened, what to do)
REASONS = {
    reasons.NOT_CONNECTED: (
        _lt("Not connected"),
        _lt("Nobody has connected this profile yet."),
        _lt("Connect it: log in at the network and choose it there."),
    ),
    reasons.EXPIRED: (
        _lt("Expired"),
        _lt("The network let the permission run out."),
        _lt("Renew it: log in at the network and confirm."),
    ),
    reasons.PASSWORD_CHANGED: (
        _lt("Password changed"),
        _lt(
            "The password of the person who granted access was changed, so the "
            "network ended the permission."
        ),
        _lt("That person, or another one with full control, logs in again."),
    ),
    reasons.REVOKED: (
        _lt("Access withdrawn"),
        _lt("The permission was withdrawn at the network."),
        _lt("Ask whether that was meant; if not, connect again."),
    ),
    reasons.LOST_ROLE: (
        _lt("Role lost"),
        _lt("The person who granted access no longer has the right role there."),
        _lt(
            "Have the role given back at the network, or let somebody renew who has it."
        ),
    ),
    reasons.DESELECTED: (
        _lt("Not selected"),
        _lt("This profile was left unticked when access was last granted."),
        _lt("Renew and tick it together with all the others."),
    ),
    reasons.MISSING_SCOPE: (
        _lt("Permission missing"),
        _lt("A permission that this profile needs was not granted, or was taken back."),
        _lt("Renew and leave all permissions switched on."),
    ),
    reasons.CHECKPOINT: (
        _lt("Security check"),
        _lt("The network holds the account of the granting person at a check."),
        _lt(
            "That person logs in at the network itself, passes the check, then renews."
        ),
    ),
    reasons.DATA_ACCESS: (
        _lt("Data access ended"),
        _lt("The network wants the person to confirm the access to data again."),
        _lt("Renew it: log in at the network and confirm."),
    ),
    reasons.INACTIVE: (
        _lt("Unused too long"),
        _lt("The permission ended because it was not used for long."),
        _lt("Renew it: log in at the network and confirm."),
    ),
    reasons.DAMAGED_SECRET: (
        _lt("Stored secret damaged"),
        _lt("What is stored does not belong to this place; it is not used."),
        _lt("Renew it; that stores a new one."),
    ),
    reasons.UNKNOWN_OUTCOME: (
        _lt("Outcome unknown"),
        _lt("A renewal was cut off before its answer came."),
        _lt("Renew it: log in at the network and confirm."),
    ),
    reasons.APP_FAULT: (
        _lt("App not accepted"),
        _lt("The network does not accept our app: its id, its secret or its address."),
        _lt("An Owner checks the app in the configuration. Profiles stay as they are."),
    ),
    reasons.RATE_LIMITED: (
        _lt("Too many calls"),
        _lt("The network asks us to wait. Nothing is lost."),
        _lt("Try again in an hour."),
    ),
    reasons.UNREACHABLE: (
        _lt("No answer"),
        _lt("The network did not answer, or not in a way that makes sense."),
        _lt("Nothing has changed. Try again in a few minutes."),
    ),
    reasons.COPIED: (
        _lt("Copied database"),
        _lt(
            "This database is a copy or was moved, so it calls no network: that would "
            "end the connections of the original. Nothing is lost."
        ),
        _lt(
            "An Owner decides under Configuration > Home of This Database whether it "
            "is the new home or a copy."
        ),
    ),
}

# What a call can come to that is no reason of a token; the journal shows it.
CALLS = {
    "grant_refused": _lt("Not accepted"),
    "request_refused": _lt("Call refused"),
}

# result of an OAuth request -> (title, what happened, what to do)
RESULTS = {
    "connected": (
        _lt("Done"),
        _lt("The network granted access to these profiles."),
        _lt("Nothing else is needed."),
    ),
    "partly": (
        _lt("Done, but not for all"),
        _lt("The network granted access to some of the profiles only."),
        _lt("Look at the reasons below, then try again for those that are missing."),
    ),
    "unticked": (
        _lt("Something was not ticked"),
        _lt(
            "Profiles that were connected before were left out this time. The network "
            "takes what is not ticked for withdrawn. Nothing was deleted here."
        ),
        _lt("Go back and tick them together with all the others, or leave it so."),
    ),
    "wrong_account": (
        _lt("Another account"),
        _lt(
            "The login was with another account than expected, so nothing was "
            "connected and nothing was overwritten."
        ),
        _lt("Decide under Connect Links whether that account is right."),
    ),
    "other_account": (
        _lt("You were logged in with another account"),
        _lt(
            "The network gave access to another account than the one to be renewed. "
            "That one is as it was."
        ),
        _lt(
            "Log out at the network and try again with the right account, or decide "
            "that the other one takes its place."
        ),
    ),
    "nothing": (
        _lt("No profile was granted"),
        _lt(
            "The network gave its consent, but for no profile that this app can use. "
            "What was connected before is unchanged."
        ),
        _lt(
            "Try again and tick at least one page. If none is offered, the person who "
            "logged in has no right to manage one."
        ),
    ),
    "declined": (
        _lt("The network did not grant access"),
        _lt(
            "The login was cancelled or not allowed. What was connected before is "
            "unchanged."
        ),
        _lt("Try again when somebody with the right can log in."),
    ),
    "code_refused": (
        _lt("The network did not accept the answer"),
        _lt(
            "The confirmation from the network could not be used, perhaps because it "
            "was too old or used already. What was connected before is unchanged."
        ),
        _lt("Try again."),
    ),
    "app_fault": (
        _lt("The network does not accept our app"),
        _lt(
            "The app's id, secret or address is not accepted. What was connected "
            "before is unchanged."
        ),
        _lt("An Owner checks the app's id and secret in the configuration."),
    ),
    "lost": (
        _lt("The network refuses this account for now"),
        _lt("The new permission was ended at once. What was connected is unchanged."),
        _lt("Log in at the network itself, see what it asks for, then try again."),
    ),
    "rate_limited": (
        _lt("The network asks us to wait"),
        _lt("Too many calls were made. What was connected before is unchanged."),
        _lt("Try again in an hour."),
    ),
    "unreachable": (
        _lt("The network did not answer"),
        _lt(
            "It could not be reached, or its answer made no sense. What was connected "
            "before is unchanged."
        ),
        _lt("Try again in a few minutes."),
    ),
    "forbidden": (
        _lt("You may not do this any more"),
        _lt("Your rights changed while you were at the network. Nothing was stored."),
        _lt("Ask a Manager of Social Connections."),
    ),
    "failed": (
        _lt("Something went wrong on our side"),
        _lt("The answer could not be stored. What was connected before is unchanged."),
        _lt("Try again. If it happens again, tell your administrator the time of day."),
    ),
}
INTERRUPTED = (
    _lt("Not finished"),
    _lt("This attempt was not finished. What was connected before is unchanged."),
    _lt("Start again."),
)


# The same for people outside, who know nothing of profiles and apps.
LINK_RESULTS = {
    "declined": _lt(
        "The login was cancelled or not allowed. Nothing was connected; you can try "
        "again."
    ),
    "nothing": _lt(
        "You gave your consent, but not for what was asked for. Please try again, and "
        "tick it there. If it is not offered, somebody who manages it has to log in."
    ),
    "partly": _lt(
        "You gave your consent, but a permission is missing. Please try again, and "
        "leave all permissions switched on."
    ),
    "lost": _lt(
        "The network refuses this account for now. Please log in at the network "
        "itself, see what it asks for, then try again."
    ),
    "rate_limited": _lt("The network asks us to wait. Please try again in an hour."),
}
LINK_FAILED = _lt("The connection was not finished. Nothing is lost; please try again.")


def _say(env, text):
    """Return a lazy text in the reader's language; the tables above declare it."""
    return env._(text)  # pylint: disable=gettext-variable


def reason_label(env, code):
    """Return a reason in a few words."""
    text = REASONS[code][0] if code in REASONS else CALLS.get(code)
    return _say(env, text) if text else ""


def reason_sentences(env, code):
    """Return what happened and what to do, as two texts."""
    _label, happened, remedy = REASONS[code]
    return _say(env, happened), _say(env, remedy)


def reason_to_tell(error):
    """Return the reason code that says to people why nothing definite is known.

    Any other trouble with a call is, to them, an answer without sense.
    """
    reason = getattr(error, "reason", None)
    return reason if reason in reasons.BY_CODE else reasons.UNREACHABLE


def trouble_sentences(env, error):
    """Return what a :class:`ProviderError` means to people and what to do, as one."""
    return " ".join(reason_sentences(env, reason_to_tell(error)))


def result_texts(env, result):
    """Return title, what happened and what to do for an OAuth request's result."""
    return tuple(_say(env, text) for text in RESULTS.get(result, INTERRUPTED))


def link_result_sentence(env, result):
    """Return what came of an attempt, for the person outside who made it."""
    return _say(env, LINK_RESULTS.get(result, LINK_FAILED))


def key_problem(env, error):
    """Return the sentence for a :class:`keyring.KeyringError`."""
    place = str(error)
    if isinstance(error, keyring.KeyFileMissing):
        return env._(
            "The encryption key file %(place)s is not there, so stored tokens cannot "
            "be used. Nothing is lost: put the file back and try again.",
            place=place,
        )
    if isinstance(error, keyring.UnknownKey):
        return env._(
            "The key file lacks the key that the stored tokens were sealed with "
            "(%(place)s). Nothing is lost: add that key to the file and try again.",
            place=place,
        )
    if isinstance(error, keyring.UnknownVersion):
        return env._(
            "The stored tokens were sealed by a newer version of this addon "
            "(%(place)s). Nothing is lost: install that version again.",
            place=place,
        )
    if isinstance(error, keyring.KeyFileInvalid):
        return env._(
            "The encryption key file cannot be used: %(place)s. Nothing is lost: put "
            "the right file back and try again.",
            place=place,
        )
    return env._("A stored secret is damaged. Renew the connection to replace it.")


def key_use_text(env, use):
    """Return the sentences on one :class:`policy.keys.KeyUse`."""
    counted = _key_count_text(env, use)
    rest = {
        keys.WRITING: env._("New secrets are sealed with it."),
        keys.NEEDED: env._(
            "They are sealed anew in the background: keep this key in the file."
        ),
        keys.SPARE: env._(
            "It may be taken out of the file. Keep it with the backups that need it."
        ),
        keys.MISSING: env._(
            "It is not in the file, so they cannot be used. Nothing is lost: add that "
            "key to the file. Start with a new key only when it is gone for good."
        ),
        keys.LOST: env._(
            "It was given up. Connecting again, or entering them again, replaces them."
        ),
    }[use.standing]
    sentences = [counted, rest]
    if use.damaged and use.standing == keys.NEEDED:
        sentences.append(_damaged_text(env, use.damaged))
    return " ".join(sentences)


def _key_count_text(env, use):
    if not use.count:
        return env._("Key %(kid)s: nothing hangs on it.", kid=use.kid)
    if use.standing == keys.NEEDED:
        return env._(
            "Key %(kid)s: %(count)s of %(total)s still sealed with it.",
            kid=use.kid,
            count=use.count,
            total=use.total,
        )
    return env._(
        "Key %(kid)s: %(count)s of %(total)s sealed with it.",
        kid=use.kid,
        count=use.count,
        total=use.total,
    )


def _damaged_text(env, count):
    if count == 1:
        return env._(
            "1 of them is damaged and stays as it is: connecting again, or entering it "
            "again, replaces it."
        )
    return env._(
        "%(count)s of them are damaged and stay as they are: connecting again, or "
        "entering them again, replaces them.",
        count=count,
    )


def start_anew_problem(env, why, path, kid):
    """Return why no new key may take the place of the present ones.

    :param str why: ``readable``, ``named``, ``unusable`` or ``other``
    :param path: where the key file is or should be
    :param kid: the id under which there is another key than before, for ``other``
    """
    if why == "named":
        return env._(
            "The configuration names the key file %(path)s, and a file that is named "
            "is never made by us. Nothing was changed: put a file with a new key "
            "there, then start with it.",
            path=path,
        )
    if why == "unusable":
        return env._(
            "There is something at %(path)s that cannot be used as a key file, and it "
            "is never overwritten. Nothing was changed: let the server's account read "
            "it, put it right, or move it away, then try again.",
            path=path,
        )
    if why == "other":
        return env._(
            "The key file %(path)s has another key under the id %(kid)s than was used "
            "so far. Nothing was changed: give the new key an id of its own in the "
            "file, then start with it.",
            path=path,
            kid=kid,
        )
    return env._(
        "The keys of all stored secrets are there, so there is nothing to give up. "
        "Nothing was changed. To use another key, write it above the others in the "
        "key file: everything is then sealed anew and nothing is lost."
    )


def lost_key_text(env, kids, count, path, makes_file):
    """Return what starting with a new key means, before anybody does.

    :param kids: the ids of the keys that are gone
    :param int count: how many secrets hang on them
    :param makes_file: whether a new key is made at ``path``
    """
    listed = ", ".join(sorted(kids))
    sentences = [
        env._(
            "The 1 secret that was sealed with what is gone (%(kids)s) is forgotten.",
            kids=listed,
        )
        if count == 1
        else env._(
            "The %(count)s secrets that were sealed with what is gone (%(kids)s) are "
            "forgotten.",
            count=count,
            kids=listed,
        ),
        env._(
            "All connections that lived from them have to be made again. App secrets, "
            "and the addresses and signing secrets of chats and webhooks, have to be "
            "entered again."
        ),
        env._("Nothing else is lost: profiles, clients, people and the journal stay."),
    ]
    if makes_file:
        sentences.append(
            env._(
                "A new key is made at %(path)s. Should the old file turn up, do not "
                "put it in its place: add its line below the new one.",
                path=path,
            )
        )
    return " ".join(sentences)


def duration_text(env, length):
    """Return how long a time was, in whole days, or in hours below one."""
    hours = length.seconds // 3600
    if length.days > 1:
        return env._("%(number)s days", number=length.days)
    if length.days:
        return env._("1 day")
    if hours > 1:
        return env._("%(number)s hours", number=hours)
    return env._("1 hour") if hours else env._("under an hour")


def profile_title(env, network, name):
    """Return what a profile is called where its network is to be named, too."""
    return env._("%(network)s: %(name)s", network=network, name=name)


def gap_text(env, gap, network):
    """Return how long a connection was gone and what of that time may be lost.

    :param gap: a :class:`policy.gap.Gap`
    """
    sentences = [
        env._(
            "The connection was gone for %(length)s, from %(since)s to %(until)s.",
            length=duration_text(env, gap.length),
            since=moment_text(env, gap.since),
            until=moment_text(env, gap.until),
        ),
        history_sentence(env, gap, network),
    ]
    if network.limits_url:
        sentences.append(env._("More: %(address)s", address=network.limits_url))
    return " ".join(sentences)


def history_sentence(env, gap, network):
    """Return what of a gap can still be fetched."""
    if not gap.history_limit_days:
        return env._(
            "How far back %(network)s lets messages be fetched is not known: look "
            "there for what came meanwhile.",
            network=network.name,
        )
    if not gap.lost_before:
        return env._(
            "%(network)s lets messages of the last %(days)s days be fetched, so "
            "nothing is lost.",
            network=network.name,
            days=gap.history_limit_days,
        )
    return env._(
        "%(network)s lets messages of the last %(days)s days be fetched: what came "
        "before %(moment)s may be lost here, and is to be looked up there.",
        network=network.name,
        days=gap.history_limit_days,
        moment=moment_text(env, gap.lost_before),
    )


def purge_text(env, profile, is_done):
    """Return when held data is to go, or that it went, and what that is."""
    if is_done:
        return env._(
            "Data held of this profile was deleted on %(moment)s: picture, handle, "
            "roles at the network and what other addons fetched. Connecting again "
            "brings back what the network still has.",
            moment=moment_text(env, profile.purged_at),
        )
    network = profile.network_id
    sentences = [
        env._(
            "Data held of this profile is to be deleted on %(moment)s: %(network)s "
            "asks for that when a connection has been gone for %(days)s days. That is "
            "the picture, the handle, roles at the network and what other addons "
            "fetched. Connect it again before to keep them.",
            moment=moment_text(env, profile.purge_at),
            network=network.name,
            days=network.purge_after_days,
        )
    ]
    if not profile.company_id.sudo().social_purge:
        sentences.append(
            env._(
                "Deleting is switched off in your company, so nothing goes until an "
                "Owner switches it on in the settings."
            )
        )
    if network.limits_url:
        sentences.append(env._("More: %(address)s", address=network.limits_url))
    return " ".join(sentences)


def ended_sentence(env, moment):
    """Return what happened to a profile that somebody disconnected here."""
    return env._(
        "Somebody disconnected this profile here on %(moment)s.",
        moment=moment_text(env, moment),
    )


def disconnected_text(env, done, removal_url):
    """Return what came of disconnecting, from a ``Disconnection``."""
    sentences = [env._("Disconnected: nothing that opens this profile is kept here.")]
    if done.withdrawn:
        sentences.append(env._("The network confirmed that the permission has ended."))
    if done.is_shared:
        sentences.append(
            env._(
                "At the network the permission stays, for other profiles live from it."
            )
        )
    if done.failed:
        sentences.append(
            env._(
                "The network did not confirm the end of the permission, so it still "
                "lists our app. It is not asked again, since nothing to ask with is "
                "kept."
            )
        )
    if done.failed or done.by_hand:
        sentences.append(removal_sentence(env, removal_url))
    return " ".join(sentences)


def removal_sentence(env, removal_url):
    """Return where the person who granted removes our app at the network."""
    if removal_url:
        return env._(
            "Whoever granted it removes the app there: %(address)s",
            address=removal_url,
        )
    return env._(
        "Whoever granted it removes the app there, in the settings of that account, "
        "among the connected apps."
    )


def home_text(env, recorded, present):
    """Return whether a database is at home, and what tells it from its home."""
    if recorded == present:
        return env._(
            "This database is at home: it calls the networks and renews by itself."
        )
    differences = []
    if recorded.database != present.database:
        differences.append(
            env._(
                "it was called %(before)s and is called %(after)s now",
                before=recorded.database,
                after=present.database,
            )
        )
    if recorded.uuid != present.uuid:
        differences.append(env._("it has another database ID"))
    if recorded.instance != present.instance:
        differences.append(
            env._("it is on another installation, or that one's data folder is new")
        )
    return env._(
        "This database is a copy or was moved: %(differences)s. It calls no network.",
        differences="; ".join(differences),
    )


def validity_text(env, number, unit):
    """Return how long a permission lives by what its network publishes."""
    if not number:
        return env._("No automatic expiry")
    if number == 1:
        return {
            "days": env._("1 day"),
            "months": env._("1 month"),
            "years": env._("1 year"),
        }[unit]
    return {
        "days": env._("%(number)s days", number=number),
        "months": env._("%(number)s months", number=number),
        "years": env._("%(number)s years", number=number),
    }[unit]


def notice_subject(env, lines):
    """Return the subject of a message about some profiles."""
    if len(lines) > 1:
        open_lines = [line for line in lines if line["rung"] != notices.RECOVERED]
        if not open_lines:
            return env._("%(count)s connections work again", count=len(lines))
        if len(open_lines) == 1:
            return env._("A connection needs somebody")
        return env._("%(count)s connections need somebody", count=len(open_lines))
    (line,) = lines
    return f"{line['network']} {line['profile'].name}: {line['sentence']}"


def sample_subject(env, count):
    """Return the subject of a mail with a sample of every notice."""
    return env._("Sample: the %(count)s notices of Social Connections", count=count)


def moment_text(env, moment):
    """Return date and time in the reader's language and zone, which is named."""
    zone = env.context.get("tz") or "UTC"
    env = env(context={**env.context, "tz": zone})
    return env._(
        "%(date)s at %(time)s (%(zone)s)",
        date=format_date(env, moment, date_format="long"),
        time=format_time(env, moment, tz=zone, time_format="short"),
        zone=zone,
    )


def rung_label(env, rung):
    """Return a rung in a few words."""
    days = notices.days_of(rung)
    if days == 1:
        return env._("1 day before")
    if days:
        return env._("%(days)s days before", days=days)
    number = escalation_policy.number_of(rung)
    if number:
        return _escalation_label(env, escalation_policy.kind_of(rung), number)
    return {
        gap.PURGE: env._("Before held data is deleted"),
        notices.EXPIRED: env._("When it expires"),
        notices.BROKEN: env._("When it breaks"),
        notices.RECOVERED: env._("When it works again"),
    }.get(rung, rung)


def _escalation_label(env, kind, number):
    return {
        escalation_policy.ESCALATED: env._(
            "Nobody renewed: %(who)s", who=level_text(env, number)
        ),
        escalation_policy.REPEATED: env._("Nobody renewed: again, %s", number),
        escalation_policy.TAKEN: env._("When somebody takes it on"),
    }.get(kind, f"{kind}{number}")


def level_text(env, level):
    """Return who is told at a level of the escalation."""
    return {
        escalation_policy.GRANTER: env._("whoever granted access"),
        escalation_policy.ADMINS: env._("the Admins of the profile"),
        escalation_policy.MANAGERS: env._("the Managers"),
        escalation_policy.OWNERS: env._("the Owners"),
        escalation_policy.OUTSIDER: env._("somebody outside"),
    }[level]


def escalation_text(env, escalation, at):
    """Return who has it, or how far up it went; '' while nobody was asked."""
    if escalation._is_taken(at):
        return env._(
            "%(person)s takes care of it until %(moment)s.",
            # Who has it is told to all who see the profile.
            person=escalation.sudo().taken_by_id.name,
            moment=moment_text(env, escalation.taken_until),
        )
    if not escalation.level:
        return ""
    return env._(
        "Nobody has renewed it, so it went up to: %(who)s.",
        who=level_text(env, escalation.level),
    )


def _escalated_sentence(env, profile, level):
    ended = moment_text(env, profile.expires_at)
    escalation = profile._get_escalation()
    if level != escalation_policy.OUTSIDER or not profile.outsider_id:
        return env._("nobody has renewed it since it ended on %(moment)s", moment=ended)
    values = {"moment": ended, "person": profile.outsider_id.name}
    if escalation.link_id:
        return env._(
            "nobody has renewed it since it ended on %(moment)s, so %(person)s was "
            "sent a connect link",
            **values,
        )
    if escalation._owes_link():
        return env._(
            "nobody has renewed it since it ended on %(moment)s; %(person)s is sent a "
            "connect link on the next working day",
            **values,
        )
    return env._(
        "nobody has renewed it since it ended on %(moment)s; open the profile and send "
        "%(person)s a connect link",
        **values,
    )


def _taken_sentence(env, profile):
    escalation = profile._get_escalation()
    return env._(
        "%(person)s takes care of it until %(moment)s",
        person=escalation.taken_by_id.name or "",
        moment=moment_text(env, escalation.taken_until or profile.expires_at),
    )


def notice_sentence(env, rung, profile, at):
    """Return by when somebody must act, in the reader's language and time zone."""
    if rung == notices.RECOVERED:
        return env._("the connection works again")
    if rung == gap.PURGE:
        return env._(
            "what is held of it is deleted on %(moment)s",
            moment=moment_text(env, profile.purge_at or profile.expires_at),
        )
    kind = escalation_policy.kind_of(rung)
    if kind in (escalation_policy.ESCALATED, escalation_policy.REPEATED):
        level = escalation_policy.number_of(rung) * (kind != escalation_policy.REPEATED)
        return _escalated_sentence(env, profile, level)
    if kind == escalation_policy.TAKEN:
        return _taken_sentence(env, profile)
    moment = moment_text(env, profile.expires_at)
    if rung == notices.BROKEN:
        return env._("the connection broke on %(moment)s", moment=moment)
    if rung == notices.EXPIRED:
        return env._("the connection ended on %(moment)s", moment=moment)
    days = status_policy.days_left(profile.expires_at, at)
    if not days:
        return env._(
            "the connection ends within 24 hours, on %(moment)s", moment=moment
        )
    if days == 1:
        return env._("the connection ends in 1 day, on %(moment)s", moment=moment)
    return env._(
        "the connection ends in %(days)s days, on %(moment)s", days=days, moment=moment
    )


def chat_text(env, line):
    """Return what a team's chat is told of one profile."""
    who = profile_title(env, line["network"], line["profile"].name)
    if line["client"]:
        who = f"{who} · {line['client']}"
    mark = {
        notices.EXPIRED: env._("✕ Expired"),
        notices.BROKEN: env._("✕ Broken"),
        notices.RECOVERED: env._("✓ Working"),
        escalation_policy.TAKEN: env._("➜ Taken on"),
    }.get(line["kind"], env._("! Expiring"))
    said = f"{mark} · {who} · {line['sentence']}."
    if line["renewers"]:
        able = env._("Proven able to renew it: %(people)s.", people=line["renewers"])
        said = f"{said} {able}"
    return said


def chat_button(env, line):
    """Return the words of the link that renews."""
    return env._("Reconnect") if line["profile"].reason else env._("Renew")


def chat_rest(env, count):
    """Return the words for what a chat's message has no room for."""
    return env._("And %(count)s more.", count=count)


def posting_sentence(env, code, host, detail):
    """Return why a chat or another system did not take a message, and what to do.

    :param code: a ``ProviderError``'s reason, ``damaged_secret`` or ``given_up``
    """
    named = {"host": host, "detail": detail}
    if code == "given_up":
        return env._(
            "%(host)s did not take a message for three days (%(detail)s), so it was "
            "dropped. People were told as usual. Check the address there and send a "
            "test.",
            **named,
        )
    if code == "damaged_secret":
        return env._(
            "The stored address or signing secret is missing or damaged, so a message "
            "was dropped. People were told as usual. Paste it again."
        )
    if code == "request_refused":
        return env._(
            "%(host)s refused a message (%(detail)s), so it was dropped. People were "
            "told as usual. Perhaps the webhook was removed there: make a new one, "
            "paste its address and send a test.",
            **named,
        )
    if code == "app_fault":
        return env._(
            "%(host)s may not be called: it is no public server. A message was "
            "dropped; people were told as usual. Paste another address.",
            **named,
        )
    return env._(
        "%(host)s did not take a message yet (%(detail)s). Nothing is lost: it is "
        "tried again for three days.",
        **named,
    )


def calendar_title(env, profile):
    """Return what an entry of a calendar is called."""
    who = profile_title(env, profile.network_id.name, profile.name)
    if profile.reason:
        return env._("✕ %(profile)s is broken", profile=who)
    return env._("! %(profile)s: the connection ends", profile=who)


def calendar_text(env, profile, url):
    """Return what an entry of a calendar says: why, for whom and where to renew."""
    sentences = [
        env._("Client: %(client)s.", client=profile.partner_id.name)
        if profile.partner_id
        else "",
        " ".join(reason_sentences(env, profile.reason)) if profile.reason else "",
        env._("Renew it here: %(address)s", address=url),
    ]
    return "\n".join(filter(None, sentences))


def watch_sentence(env, action, trouble):
    """Return what is wrong with a scheduled action, and since when.

    :param action: the ``ir.cron``, :param trouble: a code of ``policy.watch``
    """
    if trouble == watch.OFF:
        return env._("%(action)s: switched off", action=action.name)
    if trouble == watch.FAILING:
        return env._(
            "%(action)s: failed %(count)s times in a row",
            action=action.name,
            count=action.failure_count,
        )
    return env._(
        "%(action)s: due since %(moment)s and did not run",
        action=action.name,
        moment=moment_text(env, action.nextcall),
    )


def watch_remedy(env, troubles):
    """Return what stands still meanwhile and what to do, as one text."""
    sentences = [
        env._(
            "Until they run, nothing is renewed, checked or told by itself. Nothing is "
            "lost; what is due is done when they run again."
        )
    ]
    if watch.OFF in troubles:
        sentences.append(
            env._(
                "Ask an administrator to switch them on under Settings > Technical > "
                "Scheduled Actions."
            )
        )
    if watch.LATE in troubles:
        sentences.append(
            env._(
                "Ask an administrator whether the server runs scheduled actions at all "
                "(max_cron_threads), and whether another one takes too long."
            )
        )
    if watch.FAILING in troubles:
        sentences.append(
            env._("Ask an administrator what the server's log says about them.")
        )
    return " ".join(sentences)


def day_text(env, moment):
    """Return the day of a moment in the reader's language and zone."""
    local = fields.Datetime.context_timestamp(
        env["res.users"].with_context(tz=env.context.get("tz") or "UTC"), moment
    )
    return format_date(env, local.date(), date_format="medium")


def proof_text(env, access):
    """Return how it is known whether somebody can renew, with the day."""
    if not access.proof:
        return env._("Nothing is known of a role at the network.")
    day = day_text(env, access.proven_at)
    if access.proof == people.HAND:
        return _hand_text(env, access, day)
    if access.proof == people.LISTED:
        return _listed_text(env, access, day)
    return {
        people.GRANT: env._("Granted access on %(day)s.", day=day),
        people.UNLISTED: env._(
            "The network no longer lists this person, seen on %(day)s.", day=day
        ),
        people.LOST: env._("Lost the role on %(day)s.", day=day),
        people.RETURNED: env._(
            "Has a role again since %(day)s; which one is not known.", day=day
        ),
        people.HELD: env._("Held a token until %(day)s.", day=day),
    }[access.proof]


def _hand_text(env, access, day):
    # Who wrote it down is shown, whether the reader may open that user or not.
    judge = access.sudo().judge_id.name or ""
    if access.note:
        return env._(
            "Set by hand by %(judge)s on %(day)s: %(note)s",
            judge=judge,
            day=day,
            note=access.note,
        )
    return env._("Set by hand by %(judge)s on %(day)s.", judge=judge, day=day)


def _listed_text(env, access, day):
    since = access.listed_since and day_text(env, access.listed_since)
    if access.native_tasks:
        return env._(
            "The network lists this person as %(role)s since %(since)s.",
            role=access.native_tasks,
            since=since or day,
        )
    return env._(
        "The network lists this person since %(since)s, without a role.",
        since=since or day,
    )


def rest_text(env, moment):
    """Return until when an app makes no call, and that nothing is lost by it."""
    return env._(
        "No call is made in this app's name before %(moment)s: the network asked for "
        "that, or most of what it allows is used up, or calls failed. Nothing is lost, "
        "and nobody has to do anything.",
        moment=moment_text(env, moment),
    )


def budget_text(env, tokens, checked, needed):
    """Return what an app's budget leaves unchecked, '' where it is enough.

    :param int tokens: how many are to be checked once a day
    :param int checked: how many of them can be
    :param int needed: the least budget an hour that is enough
    """
    if tokens <= checked:
        return ""
    if not checked:
        return env._(
            "This app may make no checks, so none of its tokens is checked: a "
            "withdrawn access shows only when somebody needs it. Under Calls, set "
            "Checks an Hour to %(needed)s or more, as far as the network allows it.",
            needed=needed,
        )
    return env._(
        "This app has %(tokens)s tokens, and no more than %(checked)s of them can be "
        "checked in a day: a withdrawn access may show later than the next day. Under "
        "Calls, set Checks an Hour to %(needed)s or more, as far as the network "
        "allows it.",
        tokens=tokens,
        checked=checked,
        needed=needed,
    )


def app_kept_text(env, app, count):
    """Return why an app is not archived: so many profiles live from it."""
    happened = (
        env._("1 profile lives from the app %(app)s, so it stays.", app=app)
        if count == 1
        else env._(
            "%(count)s profiles live from the app %(app)s, so it stays.",
            count=count,
            app=app,
        )
    )
    remedy = env._(
        "Archived, it would neither check nor renew what they live from, and they "
        "would stand still one after the other without a word. Nothing was changed: "
        "disconnect them first, those in the archive too, or keep the app."
    )
    return f"{happened} {remedy}"


def coverage_text(env, holders, reserve):
    """Return how many people granted a profile and how many tokens are in reserve."""
    if not holders:
        return env._("Nobody")
    if holders == 1:
        return (
            env._("1 person, %(reserve)s in reserve", reserve=reserve)
            if reserve
            else env._("1 person, no reserve")
        )
    return env._(
        "%(holders)s people, %(reserve)s in reserve", holders=holders, reserve=reserve
    )


def succession_text(env, names):
    """Return the warning that a profile hangs on one person, '' while it does not.

    :param names: of all who are known to be able to renew it
    """
    if len(names) > 1:
        return ""
    if names:
        return env._(
            "Only %(person)s is known to be able to renew this profile. Nothing is "
            "lost yet: have somebody else get full control at the network, and grant "
            "access, too.",
            person=names[0],
        )
    return env._(
        "Nobody is known to be able to renew this profile. Nothing is lost yet: open "
        "See all managers, ask the network, or set by hand what you know."
    )


def leaving_text(env, names, hidden):
    """Return what hangs on a user alone, '' when nothing does.

    :param names: of the profiles that the reader may see
    :param int hidden: how many others there are
    """
    if not names and not hidden:
        return ""
    listed = ", ".join(names)
    if names and hidden:
        listed = env._("%(names)s and %(count)s more", names=listed, count=hidden)
    elif hidden:
        listed = env._("%(count)s that you may not see", count=hidden)
    return env._(
        "Social profiles that hang on this user alone: %(profiles)s. Before this user "
        "leaves, let somebody else grant access and become Admin there.",
        profiles=listed,
    )


def left_text(env, person, causes):
    """Return the note of the activity that finds somebody in place of a person.

    :param causes: codes: ``admin``, ``granter``, ``renewer``
    """
    sentences = {
        "admin": env._("Nobody else is Admin on this profile."),
        "granter": env._("Nobody else granted access to it."),
        "renewer": env._("Nobody else is known to be able to renew it."),
    }
    return " ".join(
        [
            env._("%(person)s has left.", person=person),
            *(text for code, text in sentences.items() if code in causes),
            env._(
                "It works as long as its token does. See all managers shows whom to "
                "ask."
            ),
        ]
    )


# what takes points off the health of a connection -> in a few words
HEALTH_REASONS = {
    "stopped": _lt("It does not work"),
    "time_left": _lt("It ends within 7 days"),
    "failures": _lt("The last tries to check or renew it failed"),
    "scopes": _lt("A permission is missing"),
    "notices": _lt("Reminders went out and nobody renewed"),
    "outages": _lt("It stood still within the last 30 days"),
    "no_spare": _lt("No other token could take over"),
    "one_renewer": _lt("Fewer than two people are known to be able to renew it"),
}


def health_reason_text(env, code):
    """Return what takes points off a health score."""
    return _say(env, HEALTH_REASONS[code])


def health_word(env, score):
    """Return how good a health score is."""
    return {
        "good": env._("good"),
        "fair": env._("fair"),
        "poor": env._("poor"),
    }[health_policy.word_of(score)]


def health_text(env, health, last_week=None):
    """Return a score and what takes how much of it, a line each.

    :param health: :class:`policy.health.Health`, None for what is not connected
    :param last_week: the score at the end of last week, None for unknown
    """
    if not health:
        return env._("Not connected, so there is nothing to measure.")
    word = health_word(env, health.score)
    lines = [env._("%(score)s of 100, %(word)s", score=health.score, word=word)]
    if last_week is not None:
        lines.append(health_change_text(env, health.score - last_week))
    lines += [
        f"\N{MINUS SIGN}{points}: {health_reason_text(env, code)}"
        for code, points in health.reasons
    ]
    return "\n".join(lines)


def health_change_text(env, change):
    """Return how a score moved since the end of last week."""
    if not change:
        return env._("As it was last week")
    sign = "+" if change > 0 else "\N{MINUS SIGN}"
    return env._("%(change)s since last week", change=f"{sign}{abs(change)}")


def health_of_client_text(env, summary, worst, score):
    """Return the mean of a client's connections, which is the worst, and why.

    :param summary: of :func:`policy.health.summary_of`
    :param worst: the profile, :param score: its own
    """
    lines = [
        env._(
            "%(score)s of 100, %(word)s",
            score=summary.score,
            word=health_word(env, summary.score),
        ),
        env._("Worst: %(profile)s: %(score)s", profile=worst.name, score=score),
    ]
    lines += [
        env._("%(why)s (%(count)s)", why=health_reason_text(env, code), count=count)
        for code, _points, count in summary.reasons
    ]
    return "\n".join(lines)


def month_text(env, month):
    """Return a month with its year in the reader's language."""
    return format_date(env, month, date_format="MMMM y")


def outage_text(env, since, until, reason):
    """Return from when to when a connection stood still, and why, for a client.

    :param until: None while it still does
    """
    why = reason_label(env, reason or reasons.EXPIRED)
    since = moment_text(env, since)
    if not until:
        return env._("From %(since)s, not over yet: %(why)s", since=since, why=why)
    return env._(
        "From %(since)s to %(until)s: %(why)s",
        since=since,
        until=moment_text(env, until),
        why=why,
    )


def hours_text(env, hours):
    """Return a sum of hours, to one decimal."""
    if hours < 1:
        return env._("under an hour")
    if hours == 1:
        return env._("1 hour")
    return env._("%(number)s hours", number=number_text(env, hours))


def number_text(env, number):
    """Return a number with at most one decimal, as the language writes it."""
    return format_decimal(number, "#,##0.#", locale=_locale(env))


def percent_text(env, percent):
    """Return a percentage with at most one decimal, as the language writes it."""
    pattern = _locale(env).percent_formats[None].pattern.replace("0", "0.#", 1)
    return format_percent(percent / 100, pattern, locale=_locale(env))


def _locale(env):
    return babel_locale_parse(get_lang(env).code)


def worked_text(env, metrics):
    """Return how much of the time connections worked, of :class:`outages.Metrics`."""
    share = percent_text(env, metrics.uptime)
    if metrics.connections == 1:
        return env._("1 connection worked %(share)s of the time.", share=share)
    return env._(
        "%(count)s connections worked %(share)s of the time.",
        count=metrics.connections,
        share=share,
    )


def _length_text(env, hours):
    if hours < 48:
        return hours_text(env, hours)
    return env._("%(number)s days", number=number_text(env, hours / 24))


def month_sentences(env, metrics):
    """Return what else a client is told of a month, a sentence a figure.

    What nothing is known of is left out.

    :param metrics: :class:`outages.Metrics` of all connections of the client
    """
    sentences = (
        _in_time_sentence(env, metrics),
        _late_sentence(env, metrics),
        _unnoticed_sentence(env, metrics),
        _reminders_sentence(env, metrics),
    )
    return [sentence for sentence in sentences if sentence]


def _in_time_sentence(env, metrics):
    due = metrics.in_time + metrics.stopped
    if not due:
        return ""
    if due == 1 and metrics.in_time:
        return env._(
            "The only renewal that was due came before the connection stopped."
        )
    if due == 1:
        return env._(
            "The only renewal that was due did not come before the connection stopped."
        )
    return env._(
        "Renewed before the connection stopped: %(in_time)s of %(due)s times "
        "(%(share)s).",
        in_time=metrics.in_time,
        due=due,
        share=percent_text(env, metrics.in_time_rate),
    )


def _late_sentence(env, metrics):
    if not metrics.late:
        return ""
    lasted = _length_text(env, metrics.hours_to_renew)
    if metrics.late == 1:
        return env._("The connection that had stopped worked again after %s.", lasted)
    return env._(
        "A connection that had stopped worked again after %s, on average.", lasted
    )


def _unnoticed_sentence(env, metrics):
    if not metrics.found:
        return ""
    lasted = _length_text(env, metrics.hours_to_detect)
    if metrics.found == 1:
        return env._(
            "One stop was not announced by the network; it was noticed within %s.",
            lasted,
        )
    return env._(
        "%(count)s stops were not announced by the networks; they were noticed within "
        "%(time)s, on average.",
        count=metrics.found,
        time=lasted,
    )


def _reminders_sentence(env, metrics):
    if not metrics.by_person:
        return ""
    if not metrics.reminders:
        return env._("No reminder was needed before somebody renewed.")
    return env._(
        "Reminders before somebody renewed: %s, on average.",
        number_text(env, metrics.reminders_per_renewal),
    )


def ahead_text(env, day, is_over):
    """Return what a client has to do next for a connection."""
    if is_over:
        return env._(
            "Has not worked since %(day)s. Somebody with full control there has to log "
            "in and confirm.",
            day=day,
        )
    return env._("Is to be renewed before %(day)s.", day=day)


def renewed_text(env, by_person, by_itself):
    """Return how often a connection was renewed in a month, '' for never."""
    parts = []
    if by_person:
        parts.append(env._("by a person: %(count)s", count=by_person))
    if by_itself:
        parts.append(env._("by itself: %(count)s", count=by_itself))
    return ", ".join(parts)


def report_subject(env, company, month):
    """Return the subject of a client's monthly report."""
    return env._(
        "%(company)s: your connections in %(month)s",
        company=company.name,
        month=month_text(env, month),
    )


def report_sent_text(env, month, address):
    """Return what a client's contact remembers of a report."""
    return env._(
        "The report on the connections in %(month)s was sent to %(address)s.",
        month=month_text(env, month),
        address=address,
    )


# === HOW A CONNECTION STANDS === #

# which clock ends a connection -> what that means
CLOCKS = {
    "access": _lt("Then the permission itself ends, which nothing renews silently."),
    "refresh": _lt(
        "Then the right to renew silently ends, so that a person logs in again."
    ),
    "data_access": _lt(
        "Then the network wants a person to confirm the access to data again."
    ),
    "published": _lt(
        "The network reported no day of its own; this is the validity that it "
        "publishes."
    ),
}


def cause_choices(env):
    """Return ``[(code, label)]`` of why profiles do not work, for filters."""
    return [
        (reason.code, reason_label(env, reason.code))
        for reason in reasons.TOKEN_REASONS
    ]


def state_text(env, profile, at):
    """Return how a connection stands in plain sentences, each a paragraph."""
    sentences = [_standing_sentence(env, profile, at)]
    if profile.driving_clock and profile.status != status_policy.EXPIRED:
        sentences.append(_say(env, CLOCKS[profile.driving_clock]))
    if profile.access_id:
        sentences.append(_granted_sentence(env, profile))
    if profile.feeds_text:
        sentences.append(env._("It feeds: %(feeds)s.", feeds=profile.feeds_text))
    return "\n".join(filter(None, sentences))


def _standing_sentence(env, profile, at):
    end = profile.expires_at
    if profile.reason == reasons.NOT_CONNECTED:
        return env._("This profile is not connected.")
    if profile.status == status_policy.NO_EXPIRY:
        return env._(
            "This connection works and has no expiration date. It lasts until a "
            "password, a role or the permission is changed at the network."
        )
    if profile.status == status_policy.EXPIRED:
        return env._(
            "This connection has not worked since %(moment)s, for %(length)s.",
            moment=moment_text(env, end),
            length=duration_text(env, at - end),
        )
    if profile.status == status_policy.EXPIRING:
        return env._(
            "This connection works until %(moment)s, for %(length)s more. Somebody has "
            "to renew it before.",
            moment=moment_text(env, end),
            length=duration_text(env, end - at),
        )
    return env._(
        "This connection works until %(moment)s, for %(length)s more.",
        moment=moment_text(env, end),
        length=duration_text(env, end - at),
    )


def _granted_sentence(env, profile):
    # Who granted is shown on the profile, whether the reader may open him or not.
    person = profile.sudo().person_id.name or profile.external_user_name
    verified = profile.last_verified_at
    if not person:
        return ""
    if not verified:
        return env._("Granted by %(person)s; not verified yet.", person=person)
    return env._(
        "Granted by %(person)s; last verified on %(moment)s.",
        person=person,
        moment=moment_text(env, verified),
    )


def sync_text(env, profile):
    """Return whether data arrives, apart from whether the connection works."""
    if profile.status == status_policy.EXPIRED:
        return env._("✕ Stopped with the connection")
    if profile.missing_fields:
        return env._("! Incomplete: the network does not send all that it should")
    if profile.last_message_at:
        return env._(
            "✓ Arriving; the last message came on %(moment)s",
            moment=moment_text(env, profile.last_message_at),
        )
    if profile.subscribed_fields:
        return env._("✓ Switched on; no message has come yet")
    return env._("? Not known: the network does not tell of messages here")


def client_status_text(env, counts):
    """Return how the connections of a client stand, by the worst of them.

    :param dict counts: ``{status: how many}``
    """
    if counts.get(status_policy.EXPIRED):
        return env._("✕ %(count)s expired", count=counts[status_policy.EXPIRED])
    if counts.get(status_policy.EXPIRING):
        return env._("! %(count)s expiring", count=counts[status_policy.EXPIRING])
    return env._("✓ All work") if any(counts.values()) else ""


# === WHAT IS AT RISK === #


def gone_text(env, profile, at):
    """Return since when a connection is gone, or how long it lasts, with its length."""
    end = profile.expires_at
    if not end:
        return ""
    if end > at:
        return env._("Ends in %(length)s", length=duration_text(env, end - at))
    return env._(
        "Gone for %(length)s, since %(day)s",
        length=duration_text(env, at - end),
        day=day_text(env, end),
    )


def loss_text(env, profile, at):
    """Return when something is lost for good, and what."""
    network = profile.network_id
    if not profile.loss_at:
        return env._(
            "How far back %(network)s lets messages be fetched is not known.",
            network=network.name,
        )
    what = _lost_words(env, network, profile.company_id.sudo().social_purge)
    day = day_text(env, profile.loss_at)
    if profile.loss_at <= at:
        return env._("✕ Since %(day)s: %(what)s.", day=day, what=what)
    return env._(
        "! In %(length)s, on %(day)s: %(what)s.",
        length=duration_text(env, profile.loss_at - at),
        day=day,
        what=what,
    )


def _lost_words(env, network, purges):
    """Return what is lost first; whether the company ``purges`` is its own choice."""
    history, purge = network.history_limit_days, network.purge_after_days
    if purge and (not history or purge <= history):
        if not purges:
            return env._(
                "data held here is to go after %(days)s days without a connection, but "
                "deleting is switched off",
                days=purge,
            )
        return env._(
            "data held here goes after %(days)s days without a connection", days=purge
        )
    return env._(
        "messages older than %(days)s days can no longer be fetched", days=history
    )


def _named(env, profile):
    """Return the words for a profile; its name is for who may see it alone."""
    network = profile.sudo().network_id.name
    if not profile.has_access("read"):
        return network
    return profile_title(env, network, profile.name)


def send_refused_sentence(env, profile, code):
    """Return why nothing can be sent through a profile, and what to do."""
    happened, remedy = reason_sentences(env, code)
    return env._(
        "Nothing was sent, since the connection to %(profile)s does not work; what you "
        "wrote is still here. %(happened)s %(remedy)s",
        profile=_named(env, profile),
        happened=happened,
        remedy=remedy,
    )


def banner_text(env, profile, at):
    """Return what to tell above a record that works with a profile; '' when it works.

    Whoever reads it may be outside of Social Connections.
    """
    known = profile.sudo()
    name = _named(env, profile)
    if known.status == status_policy.EXPIRING:
        return env._(
            "The connection to %(profile)s ends on %(moment)s. Messages arrive until "
            "then; have it renewed before.",
            profile=name,
            moment=moment_text(env, known.expires_at),
        )
    if known.status != status_policy.EXPIRED:
        return ""
    sentences = [
        env._(
            "The connection to %(profile)s has not worked since %(moment)s: new "
            "messages do not arrive and answers cannot be sent.",
            profile=name,
            moment=moment_text(env, known.expires_at),
        )
    ]
    if known.missed_messages:
        sentences.append(
            env._(
                "About %(count)s messages are waiting at the network (an estimate).",
                count=known.missed_messages,
            )
        )
    sentences.append(env._("Ask whoever manages Social Connections to reconnect it."))
    return " ".join(sentences)


# === WHAT RENEWING TOGETHER WOULD DO === #


def simulation_text(env, summary):
    """Return what it takes, of a :class:`policy.forecast.Summary`."""
    sentences = []
    if summary.by_hand:
        sentences.append(_logins_sentence(env, summary.logins, summary.by_hand))
    if summary.silent:
        sentences.append(
            env._(
                "Renewed by themselves, or in need of nothing: %(count)s.",
                count=summary.silent,
            )
        )
    if summary.stuck:
        sentences.append(
            env._("Connections that no app can renew: %(count)s.", count=summary.stuck)
        )
    return " ".join(sentences) or env._("Nothing ends within the next 90 days.")


def _logins_sentence(env, logins, profiles):
    if profiles == 1:
        return env._("1 login would renew 1 profile.")
    if logins == 1:
        return env._("1 login would renew %(count)s profiles.", count=profiles)
    return env._(
        "%(logins)s logins would renew %(count)s profiles.",
        logins=logins,
        count=profiles,
    )


def week_warning(env, week, capacity):
    """Return what is wrong with a week of a simulation, '' when nothing is."""
    words = []
    if week.is_full:
        words.append(env._("! More than %(count)s end", count=capacity))
    if week.off:
        words.append(env._("! %(count)s on a day off", count=week.off))
    return "; ".join(words)
