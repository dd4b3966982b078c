"""What a person reads is in that person's language, whoever's code wrote it."""

from datetime import timedelta

from freezegun import freeze_time
from markupsafe import escape

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from .. import wording
from ..clock import now
from ..setup_help import HELP
from .common import MODULE, SocialCase, SocialFactories, SocialHttpCase

LANG = "pt_BR"
START = "2026-03-02 12:00:00"
# The words of the origin page, to the letter (requirement S1-31).
LABELS = (
    "Renovar token do Instagram e Messenger",
    "Pré-requisitos",
    "Passo 2: Iniciar renovação",
    "Iniciar",
    "Passo 3: Entrar com o Facebook",
    "Entrar com o Facebook",
    "Passo 4: Reconectar",
    "Reconectar",
    "Passo 5: Selecionar contas",
    "Continuar",
    "Passo 6: Finalizar",
    "Finalizar",
    "Observações Importantes",
    "Receber mensagem quando esta conta for mencionada em um story",
    "Receber respostas e reações aos seus stories",
)


class PortugueseFactories(SocialFactories):
    """Adds people who read Portuguese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(LANG)
        cls.env["ir.module.module"]._load_module_terms([MODULE], [LANG])
        cls.reader = cls.make_user(
            "manager", email="reader@example.com", lang=LANG, tz="America/Sao_Paulo"
        )

    def as_reader(self, records, user=None):
        """Return records as the web client of a reader of Portuguese sees them."""
        return records.with_user(user or self.reader).with_context(lang=LANG)


@tagged("post_install", "-at_install")
class TestWordingLanguage(PortugueseFactories, SocialCase):
    def test_every_sentence_of_the_wording_is_translated(self):
        english, portuguese = (
            self.env(context={"lang": lang}) for lang in ("en_US", LANG)
        )
        for code in wording.REASONS:
            for read in (wording.reason_label, wording.reason_sentences):
                self.assertNotEqual(read(portuguese, code), read(english, code), code)
        for code in [*wording.RESULTS, None]:
            for translated, source in zip(
                wording.result_texts(portuguese, code),
                wording.result_texts(english, code),
                strict=True,
            ):
                self.assertNotEqual(translated, source, code)

    def test_a_reason_reads_in_the_readers_language(self):
        profile = self.make_profile()
        self.assertEqual(profile.reason_text, "Not connected")
        self.assertEqual(self.as_reader(profile).reason_text, "Não conectado")
        self.assertEqual(
            self.as_reader(profile).story, "Ninguém conectou este perfil ainda."
        )

    def test_the_status_words_are_those_of_the_contract(self):
        profiles = self.as_reader(self.env["social.profile"])
        fields = profiles.fields_get(["status"], ["selection"])
        self.assertEqual(
            dict(fields["status"]["selection"]),
            {
                "expired": "Expirado",
                "expiring": "Expirando em até 7 dias",
                "valid": "Válido",
                "no_expiry": "Sem data de expiração",
            },
        )

    def test_the_words_of_the_web_client_are_shipped(self):
        messages = code_translations.get_web_translations(MODULE, LANG)["messages"]
        words = {one["id"]: one["string"] for one in messages}
        self.assertEqual(words["Expires in %s days"], "Expira em %s dias")
        self.assertEqual(words["Change permissions"], "Alterar permissões")
        self.assertEqual(words["Valid"], "Válido")

    def test_the_labels_of_the_six_steps_are_those_of_the_contract(self):
        wizards = self.as_reader(self.env["social.renewal.wizard"])
        steps = wizards.fields_get(["step"], ["selection"])["step"]["selection"]
        self.assertEqual(
            [label for _code, label in steps],
            [
                "Alterar permissões",
                "Iniciar",
                "Entrar com o Facebook",
                "Reconectar",
                "Selecionar contas",
                "Finalizar",
            ],
        )
        _token, profile = self.connect(self.make_app(), self.reader, [self.page()])
        wizard = wizards.browse(self.as_reader(profile).action_renew()["res_id"])
        shown = str(wizards.get_views([(False, "form")])) + wizard.display_name
        for label in LABELS:
            self.assertIn(label, shown)

    def test_a_wizard_says_what_went_wrong_in_the_readers_language(self):
        _token, profile = self.connect(self.make_app(), self.reader, [self.page()])
        action = self.as_reader(profile).action_renew()
        wizard = self.as_reader(self.env["social.renewal.wizard"]).browse(
            action["res_id"]
        )
        wizard.action_login()
        # The way back runs in the engine's environment, as the person who started.
        wizard.sudo()._take_result("declined")
        self.assertIn("O que já estava conectado continua como antes.", wizard.problem)
        with self.assertRaisesRegex(UserError, "Esta renovação já está em outro passo"):
            wizard.action_continue()

    def test_the_outcome_of_an_attempt_reads_in_each_readers_language(self):
        attempt = self.make_request(self.make_app(), self.reader, result="declined")
        for name in ("title", "display_name"):
            self.assertEqual(attempt[name], "The network did not grant access")
            self.assertEqual(
                attempt.with_context(lang=LANG)[name], "A rede não concedeu acesso"
            )

    def test_a_refusal_reads_in_the_readers_language(self):
        member = self.make_user("member", lang=LANG)
        _token, profile = self.connect(self.make_app(), self.reader, [self.page()])
        profile.admin_user_ids = member
        self.company.social_strict_renewal = True
        with self.assertRaisesRegex(AccessError, "Nada foi alterado; peça a um deles."):
            self.as_reader(profile, member).action_renew()

    def test_a_network_says_what_it_takes_in_the_readers_language(self):
        for code, validity in (
            ("linkedin_company", "1 ano"),
            ("messenger", "60 dias"),
            ("facebook", "3 meses"),
            ("x", "Sem expiração automática"),
        ):
            self.assertEqual(self.as_reader(self.network(code)).validity_text, validity)
        instagram = self.as_reader(self.network("instagram"))
        self.assertIn("Controle total", instagram.native_role)
        self.assertIn("Gerenciador de Negócios da Meta", instagram.prerequisites)
        self.assertNotIn("You ", instagram.prerequisites)

    def test_an_owner_is_helped_in_his_language(self):
        owner = self.make_user("owner", lang=LANG)
        for code in HELP:
            app = self.make_app(provider=code)
            portuguese = self.as_reader(app, owner).setup_help
            for text in (*HELP[code].steps, HELP[code].review):
                sentence = escape(text._translate("en_US"))
                self.assertIn(sentence, app.setup_help)
                self.assertNotIn(sentence, portuguese)
        app.findings = [["accepted", {}], ["no_address", {"field": "token_url"}]]
        found = self.as_reader(app, owner).findings_text
        self.assertIn("A rede aceitou o ID", found)
        self.assertIn("Endpoint do token está vazio", found)

    def test_a_validity_of_one_reads_as_one(self):
        network = self.network("pinterest")
        for unit in ("day", "month", "year"):
            network.validity_unit = f"{unit}s"
            self.assertEqual(network.validity_text, f"1 {unit}")


@tagged("post_install", "-at_install")
class TestNoticeLanguage(PortugueseFactories, SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.profile"].search([]).active = False
        cls.app = cls.make_app()

    @freeze_time(START)
    def send(self, days, external_ids):
        """Return the mail to the reader about connections that end in some days."""
        self.connect(
            self.app,
            self.reader,
            [self.page(external_id) for external_id in external_ids],
            access_expires_at=now() + timedelta(days=days),
        )
        notices = self.env["social.notice"]
        notices._record_due(now())
        sent = self.deliver_notices()
        return sent.filtered(
            lambda notice: notice.person_id == self.reader.partner_id
        ).mail_id

    def test_a_mail_is_in_its_readers_language(self):
        mail = self.send(6, ["P1", "P2"])
        self.assertEqual(mail.subject, "2 conexões precisam de alguém")
        for text in (
            'lang="pt-BR"',
            "Olá",
            "precisam de alguém",
            "! Expirando:",
            "a conexão expira em 6 dias, no dia 8 de março de 2026 às 09:00",
            "(America/Sao_Paulo)",
            "Renovar",
            "Renove: entre na rede e confirme.",
            "Ver todos os perfis e suas conexões",
        ):
            self.assertIn(text, mail.body_html)
        for text in ("connection", "Renew", "Expiring", "Hello", "Proven"):
            self.assertNotIn(text, mail.body_html)

    def test_a_subject_about_one_connection_is_in_its_readers_language(self):
        self.assertEqual(
            self.send(1, ["P1"]).subject,
            "Página do Facebook Page P1: a conexão expira em 1 dia, "
            "no dia 3 de março de 2026 às 09:00 (America/Sao_Paulo)",
        )

    def test_what_has_ended_is_told_in_its_readers_language(self):
        mail = self.send(-1, ["P1"])
        self.assertIn("a conexão expirou em 1 de março de 2026 às 09:00", mail.subject)
        self.assertIn("✕ Expirado:", mail.body_html)


@tagged("post_install", "-at_install")
class TestPageLanguage(PortugueseFactories, SocialHttpCase):
    def test_a_callback_is_refused_in_the_readers_language(self):
        self.authenticate(self.reader.login, self.reader.login)
        response = self.url_open("/social/callback/nothing?state=nothing")
        title = "Esta tentativa de conexão não pode ser usada"
        self.assertIn(f"<title>{title}</title>", response.text)
        self.assertIn(f"<h1>{title}</h1>", response.text)
        self.assertIn('lang="pt-BR"', response.text)
        self.assertIn("Recomeçar", response.text)
        self.assertNotIn("Nothing", response.text)
