"""What installing does beyond data."""


def post_init_hook(env):
    """Make or check the encryption key at once, so that trouble shows now."""
    env["social.key"]._get_keyring()
