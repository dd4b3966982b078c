"""Words of the consent pages in English and Brazilian Portuguese."""

LANGUAGES = ("en", "pt_BR")

TEXTS = {
    "standin": (
        "Stand-in for {network}. Not the real network.",
        "Simulador de {network}. Não é a rede real.",
    ),
    "standins": (
        "Stand-in networks for development. Not a real network.",
        "Simuladores de redes para desenvolvimento. Não é uma rede real.",
    ),
    "note_ana": (
        "Runs the agency; manages nearly every page",
        "Dirige a agência; gerencia quase todas as páginas",
    ),
    "note_bruno": (
        "Answers messages; weaker roles on some pages",
        "Responde mensagens; funções menores em algumas páginas",
    ),
    "note_carla": ("A client who owns her own pages", "Cliente, dona de suas páginas"),
    "note_diego": ("Has no page at all", "Não tem nenhuma página"),
    "note_elisa": ("Logs in with a second factor", "Entra com um segundo fator"),
    "note_felipe": (
        "His account is held at a security check",
        "Sua conta está em uma verificação de segurança",
    ),
    "cannot_open": ("This dialog cannot be opened", "Não é possível abrir esta janela"),
    "dialog_over": (
        "This dialog is over. Start again from the app.",
        "Esta janela terminou. Recomece pelo aplicativo.",
    ),
    "login_title": ("Log in", "Entrar"),
    "login_lead": (
        "{app} wants to connect. Who are you?",
        "{app} quer se conectar. Quem é você?",
    ),
    "login_as": ("Log in as {name}", "Entrar como {name}"),
    "logged_in_as": ("Logged in as {name}.", "Você entrou como {name}."),
    "not_you": ("Not you?", "Não é você?"),
    "continue": ("Continue", "Continuar"),
    "cancel": ("Cancel", "Cancelar"),
    "back_to_app": ("Back to the app", "Voltar ao aplicativo"),
    "checkpoint_title": (
        "Your account is held at a security check",
        "Sua conta está em uma verificação de segurança",
    ),
    "checkpoint_lead": (
        "Until you confirm that it is you, apps get no access on your behalf.",
        "Até você confirmar que é você, aplicativos não têm acesso em seu nome.",
    ),
    "checkpoint_clear": ("It is me", "Sou eu"),
    "password_title": ("Enter your password again", "Digite sua senha novamente"),
    "password": ("Password", "Senha"),
    "password_hint": (
        "Everybody's password here is “sandbox” until a control changes it.",
        "A senha de todos aqui é “sandbox” até um controle mudá-la.",
    ),
    "password_wrong": ("That is not the password.", "Essa não é a senha."),
    "code_title": ("Enter your security code", "Digite seu código de segurança"),
    "code": ("Six-digit code", "Código de seis dígitos"),
    "code_hint": ("The code here is always {code}.", "O código aqui é sempre {code}."),
    "code_wrong": ("That is not the code.", "Esse não é o código."),
    "inactive_title": ("App not active", "Aplicativo não ativo"),
    "inactive_lead": (
        "{app} is in development: only its developers can use it.",
        "{app} está em desenvolvimento: somente seus desenvolvedores podem usá-lo.",
    ),
    "reconnect_title": ("Reconnect to {app}?", "Reconectar a {app}?"),
    "reconnect_lead": (
        "You connected {app} before. Pages: {pages}. Instagram accounts: {accounts}.",
        "Você já conectou {app}. Páginas: {pages}. Contas do Instagram: {accounts}.",
    ),
    "reconnect_all": (
        "You connected {app} before, for all current and future Pages.",
        "Você já conectou {app}, para todas as Páginas atuais e futuras.",
    ),
    "reconnect": ("Reconnect", "Reconectar"),
    "edit": ("Edit settings", "Editar configurações"),
    "pages_title": ("Choose the Pages for {app}", "Escolha as Páginas para {app}"),
    "pages_all": ("All current and future Pages", "Todas as Páginas atuais e futuras"),
    "pages_none": ("You have no Pages.", "Você não tem Páginas."),
    "instagram_title": (
        "Choose the Instagram accounts for {app}",
        "Escolha as contas do Instagram para {app}",
    ),
    "instagram_all": (
        "All current and future Instagram accounts",
        "Todas as contas do Instagram atuais e futuras",
    ),
    "instagram_none": (
        "You have no professional Instagram account linked to a Page.",
        "Você não tem conta profissional do Instagram vinculada a uma Página.",
    ),
    "assets_lead": (
        "What you leave unticked loses access, even where it was connected before.",
        "O que ficar desmarcado perde o acesso, mesmo que já estivesse conectado.",
    ),
    "account_title": (
        "Choose the account for {app}",
        "Escolha a conta para {app}",
    ),
    "account_lead": (
        "One account at a time: come back for each further one.",
        "Uma conta por vez: volte para cada conta adicional.",
    ),
    "account_personal": (
        "A personal account: only professional ones can be connected.",
        "Uma conta pessoal: somente contas profissionais podem ser conectadas.",
    ),
    "account_none": (
        "You cannot log in to any {network} account.",
        "Você não pode entrar em nenhuma conta do {network}.",
    ),
    "account_unfit": (
        "This account cannot be connected.",
        "Esta conta não pode ser conectada.",
    ),
    "review_title": ("Review what {app} may do", "Revise o que {app} poderá fazer"),
    "review_lead": (
        "You can decline any of these.",
        "Você pode recusar qualquer item.",
    ),
    "channel_title": ("Choose a channel", "Escolha um canal"),
    "channel_lead": (
        "{app} gets access on behalf of one channel. Come back for each further one.",
        "{app} terá acesso em nome de um canal. Volte para cada canal adicional.",
    ),
    "channel_own": ("Your own channel", "Seu próprio canal"),
    "channel_brand": ("Brand account", "Conta de marca"),
    "channel_none": (
        "Your account, which has no channel",
        "Sua conta, que não tem canal",
    ),
    "blocked_title": ("Access blocked", "Acesso bloqueado"),
    "blocked_lead": (
        "An administrator of your organization does not let you use {app}.",
        "Um administrador da sua organização não permite que você use {app}.",
    ),
    "review_whole_lead": (
        "To go on you accept all of these.",
        "Para continuar, você aceita tudo isto.",
    ),
    "review_always": ("Always included", "Sempre incluído"),
    "review_chosen": ("Chosen", "Selecionado"),
    "save": ("Continue", "Continuar"),
}


def translate(lang, key, **names):
    """Return the text for ``key`` in ``lang`` with the names filled in."""
    return TEXTS[key][lang == "pt_BR"].format(**names)
