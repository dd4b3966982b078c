"""What installing and uninstalling do beyond data."""

# The models that the addon's kinds of activities are about.
ASKED_ABOUT = ("social.profile", "social.connect.link")


def post_init_hook(env):
    """Make or check the encryption key at once, so that trouble shows now."""
    env["social.key"]._get_keyring()


def uninstall_hook(env):
    """Delete what people were asked by kinds of activities that go with the addon."""
    types = env["mail.activity.type"].with_context(active_test=False)
    types = types.search([("res_model", "in", ASKED_ABOUT)])
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.ids)]).unlink()
