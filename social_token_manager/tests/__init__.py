from . import test_oauth_callback
