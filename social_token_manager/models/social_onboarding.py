from odoo import api, models

OWNERS = "social_token_manager.group_owner"
MANAGERS = "social_token_manager.group_manager"


class SocialOnboarding(models.AbstractModel):
    """The first steps of a company, computed from what it has.

    Nothing is stored: a step that is undone again shows as undone.
    """

    _name = "social.onboarding"
    _description = "First Steps with Social Connections"

    @api.model
    @api.readonly
    def get_steps(self):
        """Return what is done and what is next, for this user in these companies.

        :return: ``{is_complete, steps: [{code, title, text, is_done, button}]}``; a
            step has a button where this user may take it: its ``label``, and either
            an ``action`` to open, or the ``app_id`` through which to connect
        :raise AccessError: the user has no role here
        """
        self.env["social.profile"].check_access("read")
        apps = self._find_apps()
        steps = [
            self._prepare_app_step(apps),
            self._prepare_profile_step(apps),
            self._prepare_team_step(),
        ]
        return {"is_complete": all(step["is_done"] for step in steps), "steps": steps}

    @api.model
    def _find_apps(self):
        """Return the apps that can connect something."""
        companies = [("company_id", "in", self.env.companies.ids)]
        apps = self.env["social.app"].search(companies)
        # Whether there is a secret is no secret; nobody may search for it.
        ready = apps.sudo().search(
            [
                ("id", "in", apps.ids),
                *("|", ("client_secret", "!=", False), ("auth_method", "=", "none")),
            ]
        )
        return ready.with_env(self.env)

    def _prepare_app_step(self, apps):
        may = self.env.user.has_group(OWNERS)
        return self._prepare_step(
            "app",
            self.env._("Create an app"),
            self.env._("Your registration at a network: its id and its secret.")
            if may
            else self.env._(
                "An Owner registers you at a network under Configuration, Apps."
            ),
            bool(apps),
            may
            and {
                "label": self.env._("Create an app"),
                "action": "social_token_manager.social_onboarding_app_action",
            },
        )

    def _prepare_profile_step(self, apps):
        may = self.env.user.has_group(MANAGERS)
        return self._prepare_step(
            "profile",
            self.env._("Connect the first profile"),
            self.env._(
                "Log in at the network, tick your pages and leave every permission "
                "switched on: without them data is missing."
            )
            if may
            else self.env._("A Manager logs in at the network and ticks your pages."),
            self._has_profile([("access_id", "!=", False)]),
            may and apps and self._prepare_connect_button(apps),
        )

    def _prepare_connect_button(self, apps):
        """With one app the button leads to the network, else to the list of apps."""
        button = {"label": self.env._("Connect a profile")}
        if len(apps) == 1:
            return {**button, "app_id": apps.id}
        return {**button, "action": "social_token_manager.social_app_action"}

    def _prepare_team_step(self):
        may = self.env.user.has_group(MANAGERS)
        has_profiles = self._has_profile([])
        return self._prepare_step(
            "team",
            self.env._("Choose the team"),
            self.env._("Say who is told when a connection needs somebody.")
            if may
            else self.env._("A Manager chooses who is told when somebody is needed."),
            self._has_profile([("recipient_user_ids", "!=", False)]),
            may
            and has_profiles
            and {
                "label": self.env._("Choose the team"),
                "action": "social_token_manager.social_notifications_action",
            },
        )

    def _has_profile(self, domain):
        return bool(self.env["social.profile"].search_count(domain, limit=1))

    @staticmethod
    def _prepare_step(code, title, text, is_done, button):
        return {
            "code": code,
            "title": title,
            "text": text,
            "is_done": is_done,
            "button": (not is_done and button) or False,
        }
