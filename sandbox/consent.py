"""The consent pages of a stand-in: one question a page, without JavaScript.

A network derives from :class:`Consent`, opens a :class:`Dialog` once the app's
parameters are checked, and gives what the person granted. RFC 6749, section 4.1.
"""

import secrets
from dataclasses import dataclass, field

from werkzeug.routing import Rule

from .dialogs import SECOND_FACTOR, find_dialog, go_to, leave, log_in
from .texts import translate
from .web import page


@dataclass
class Dialog:
    """One authorisation in progress: what the app asked, what the person answered.

    :param challenge: of PKCE (RFC 7636), with its method
    :param asked: further parameters of the network's own
    :param chosen: answers to the network's own questions, by step
    """

    app_id: str
    redirect_uri: str
    scopes: list
    lang: str
    state: str = None
    challenge: str = ""
    challenge_method: str = ""
    asked: dict = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    person: str = ""
    done: list = field(default_factory=list)
    accepted: list = None
    chosen: dict = field(default_factory=dict)

    def forget_answers(self, person):
        self.person, self.done, self.accepted, self.chosen = person, [], None, {}


class Consent:
    """The pages of one network, below ``/<code>/dialog/``. Holds nothing itself.

    Each of ``steps`` has a method ``needs_<step>`` and one ``take_<step>``, which
    returns the key of a text when the answer will not do. Dialogs lie in
    ``network.dialogs``; the words of a permission in ``network.permissions``.
    """

    code = ""
    steps = ("code", "inactive", "review")
    # Where the template of a step is, when it is not the shared one.
    own_templates = ()
    # Permissions that come with every consent and cannot be left out.
    always = ()
    # A person can leave out single permissions.
    partial = True

    def rules(self):
        path = f"/{self.code}/dialog/<dialog_id>/<step>"
        return [
            Rule(path, endpoint=self.show_step, methods=["GET"]),
            Rule(path, endpoint=self.answer_step, methods=["POST"]),
        ]

    # --- for the network to give

    def give(self, network, dialog):
        """Store what the person gave; return the parameters of the redirect.

        The one step that every network does in its own way.
        """
        raise NotImplementedError

    def denied(self, network, dialog):
        """Return the parameters of the redirect after *Cancel*."""
        return {"error": "access_denied"}

    def values_for(self, network, dialog, step):
        """Return what the template of a step of the network's own needs."""
        return {}

    # --- the way through the pages

    def start(self, network, request, dialog):
        """Send the browser to the first page, or back when nothing is left to ask."""
        network.dialogs[dialog.id] = dialog
        return self.go_on(network, request, dialog)

    def go_on(self, network, request, dialog):
        pending = self.pending_step(network, request, dialog)
        if pending:
            return go_to(network, dialog, pending)
        return self.finish(network, dialog, self.give(network, dialog))

    def pending_step(self, network, request, dialog):
        """Return the name of the next page, or None when every question is answered."""
        login = network.login_of(request)
        if login is None:
            return "login"
        if dialog.person != login.person:
            dialog.forget_answers(login.person)
        needed = (
            step
            for step in self.steps
            if getattr(self, f"needs_{step}")(network, dialog, login)
        )
        return next(needed, None)

    def show_step(self, network, request, dialog_id, step):
        """Show the pending page, or one answered before when the person went back."""
        dialog = find_dialog(network, request, dialog_id)
        pending = self.pending_step(network, request, dialog)
        if step not in {"login", pending, *dialog.done}:
            return self.go_on(network, request, dialog)
        return self.render(network, request, dialog, step)

    def answer_step(self, network, request, dialog_id, step):
        """Store one page's answer and go on; *Cancel* ends the dialog on any page."""
        dialog = find_dialog(network, request, dialog_id)
        if request.form.get("action") == "cancel":
            return self.finish(network, dialog, self.denied(network, dialog))
        if step == "login":
            return self.choose_person(network, request, dialog)
        pending = self.pending_step(network, request, dialog)
        take = getattr(self, f"take_{step}", None)
        if step not in {pending, *dialog.done} or not take:
            return self.go_on(network, request, dialog)
        problem = take(network, request, dialog)
        if problem:
            words = translate(dialog.lang, problem)
            return self.render(network, request, dialog, step, words)
        if step not in dialog.done:
            dialog.done.append(step)
        return self.go_on(network, request, dialog)

    def finish(self, network, dialog, answer):
        return leave(network, dialog, answer)

    def render(self, network, request, dialog, step, problem=None):
        login = network.login_of(request)
        folder = self.code if step in self.own_templates else "dialog"
        return page(
            f"{folder}/{step}.html",
            lang=dialog.lang,
            network=network,
            dialog=dialog,
            step=step,
            app=network.apps[dialog.app_id],
            person=network.world.people[login.person] if login else None,
            people=[network.world.people[key] for key in network.person_keys()],
            problem=problem,
            second_factor=SECOND_FACTOR,
            partial=self.partial,
            always=[scope for scope in dialog.scopes if scope in self.always],
            asked=self.scopes_to_review(network, dialog),
            rights={
                scope: words[dialog.lang == "pt_BR"]
                for scope, words in network.permissions.items()
            },
            **self.values_for(network, dialog, step),
        )

    # --- the questions that networks share

    def choose_person(self, network, request, dialog):
        person = network.world.people.get(request.form.get("person", ""))
        if person is None:
            return go_to(network, dialog, "login")
        # The rest of the way is judged with the new log-in, which this request does
        # not carry yet.
        dialog.forget_answers(person.key)
        return log_in(network, dialog, person)

    def needs_code(self, network, dialog, login):
        return network.world.people[login.person].two_factor and not login.second_factor

    def take_code(self, network, request, dialog):
        if request.form.get("code", "").strip() != SECOND_FACTOR:
            return "code_wrong"
        network.login_of(request).second_factor = True
        return None

    def needs_inactive(self, network, dialog, login):
        """Whether the app is in development and the person none of its developers."""
        app = network.apps[dialog.app_id]
        return not app.live and login.person not in app.developers

    def needs_review(self, network, dialog, login):
        return dialog.accepted is None

    def scopes_to_review(self, network, dialog):
        return [scope for scope in dialog.scopes if scope not in self.always]

    def take_review(self, network, request, dialog):
        asked = self.scopes_to_review(network, dialog)
        picked = request.form.getlist("accept") if self.partial else asked
        dialog.accepted = [scope for scope in asked if scope in picked]
