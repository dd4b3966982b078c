"""What is said of profiles that must stay ticked at the network, or were not."""


def stay_text(env, count):
    """Return what must stay ticked, for so many profiles that live from one grant."""
    if count == 1:
        return env._(
            "Nothing else lives from this permission. At Facebook, leave all that is "
            "ticked there as it is."
        )
    return env._(
        "These %(count)s profiles live from the same permission. At Facebook, all of "
        "them must stay ticked, or they stop working.",
        count=count,
    )


def hidden_text(env, hidden, is_granter):
    """Return what is said of profiles that this user may not see, False for none.

    :param hidden: these profiles, as the superuser
    :param bool is_granter: whoever granted has seen these names at the network
    """
    if not hidden:
        return False
    if is_granter:
        return env._(
            "Among them, of clients that you do not see here:\n%(names)s",
            names=_names(hidden),
        )
    return env._(
        "%(count)s of them belong to clients that you do not see here. Leave what you "
        "do not know ticked as well.",
        count=len(hidden),
    )


def lost_text(env, left_out):
    """Return what stopped working, and what goes on by a backup token.

    :param left_out: profiles that were not ticked, as the superuser
    """
    lost = left_out.filtered("reason")
    kept = left_out - lost
    sentences = [
        lost
        and env._(
            "%(count)s connected profiles were not ticked at Facebook and do not work "
            "any more:\n%(names)s",
            count=len(lost),
            names=_names_by_client(env, lost),
        ),
        kept
        and env._(
            "%(count)s connected profiles were not ticked at Facebook and go on by "
            "what others granted:\n%(names)s",
            count=len(kept),
            names=_names_by_client(env, kept),
        ),
    ]
    return "\n".join(sentence for sentence in sentences if sentence)


def ungranted_text(env, profiles):
    """Return what stopped being granted where nothing is ticked at the network.

    :param profiles: as the superuser
    """
    return env._(
        "%(count)s connected profiles are no longer among what the network grants to "
        "this login:\n%(names)s",
        count=len(profiles),
        names=_names_by_client(env, profiles),
    )


def by_client(profile):
    """Return what profiles are sorted by where they are named by client."""
    return (profile.partner_id.name or "", profile.network_id.sequence, profile.name)


def _names_by_client(env, profiles):
    """Return the names of profiles, a line for each client that this user sees.

    :param profiles: as the superuser; those that he does not see come last
    """
    seen = profiles & profiles.with_env(env)._filtered_access("read")
    lines = [
        f"{client.name or '–'}: {_names(of_client)}"
        for client, of_client in seen.sorted(by_client).grouped("partner_id").items()
    ]
    return "\n".join([*lines, *filter(None, [_names(profiles - seen)])])


def _names(profiles):
    """Return the names of profiles in a line that tells of no client."""
    ordered = profiles.sorted(lambda one: (one.network_id.sequence, one.name))
    return ", ".join(f"{one.network_id.name} {one.name}" for one in ordered)
