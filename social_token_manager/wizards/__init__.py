from . import social_disconnect_wizard
from . import social_renewal_choice
from . import social_renewal_guard
from . import social_renewal_login
from . import social_renewal_outcome
from . import social_renewal_queue
from . import social_renewal_wizard
from . import social_renewal_line
