"""Which help topic answers which row of the acceptance table.

A row is a requirement of kind *H* (help content). Each names the topic that answers it
and words that are to be read there; a revision of the text brings them along.
"""

# All rows of kind H.
H_ROWS = """
    S0-3 S0-9 S0-11 S0-14 S0-15 S0-16 S0-17 S0-18 S0-19 S0-20 S0-21
    S1-23 S1-25 S1-26
    S2-1 S2-2 S2-4 S2-5 S2-8 S2-9 S2-10 S2-11 S2-14 S2-15 S2-16 S2-17 S2-18 S2-20
    S3-1 S3-4 S3-5 S3-6 S3-7 S3-8 S3-9 S3-10 S3-16 S3-17 S3-18 S3-19 S3-30 S3-31
    S4-1 S4-3 S4-4 S4-5 S4-36 S4-75 S4-85 S4-87 S4-88
    G-5
""".split()
# The rows of kind R and C around them that their topics tell as well.
TOLD_TOO = "S0-5 S0-6 S0-7 S1-27 S2-3 S3-2 S3-11 S3-12 S3-13 S3-14 S4-83 S4-84 S4-86"
H_ROWS += TOLD_TOO.split()

# row: (topic, words in it)
ROWS = {
    "S0-3": ("first-steps", "Granting them is essential"),
    "S0-5": ("keep-ticked", "their tokens become invalid at once"),
    "S0-6": ("keep-ticked", "Facebook takes it as a lasting withdrawal"),
    "S0-7": ("keep-ticked", "shows as expired"),
    "S0-9": ("what-is-a-token", "knows that you allowed a tool to receive the data"),
    "S0-11": ("why-tokens-end", "A token can expire"),
    "S0-14": ("why-tokens-end", "the password of the account was changed"),
    "S0-15": ("why-tokens-end", "another setting of the account changed"),
    "S0-16": ("why-tokens-end", "Automatic expiry"),
    "S0-17": ("why-tokens-end", "more often than it used to"),
    "S0-18": ("why-tokens-end", "for the safety of their users"),
    "S0-19": ("profiles-missing", "Pages or Instagram accounts do not appear"),
    "S0-20": ("getting-help", "the hours with their time zone"),
    "S0-21": ("getting-help", "Was this helpful?"),
    "S1-23": ("instagram-messenger", "both Instagram and Messenger work only with it"),
    "S1-25": ("instagram-messenger", "the right permissions in Meta Business Manager"),
    "S1-26": ("review", "so that customer service is not interrupted"),
    "S1-27": ("instagram-messenger", "about 60 days"),
    "S2-1": ("rights", "To add a profile and to renew its token"),
    "S2-2": ("what-is-a-token", "What is an access token?"),
    "S2-3": ("what-is-a-token", "We never ask for your password"),
    "S2-4": ("what-is-a-token", "the key that you gave by logging in"),
    "S2-5": ("when-to-renew", "When should I renew?"),
    "S2-8": ("status-words", "refresh this connection and renew its token"),
    "S2-9": ("why-tokens-end", "Do tokens expire, and why?"),
    "S2-10": ("how-to-renew", "The complete guide"),
    "S2-11": ("rights", "Which rights does it take"),
    "S2-14": ("rights", "there are three common ways"),
    "S2-15": ("rights", "Direct control of the Page."),
    "S2-16": ("rights", "Access through a business portfolio."),
    "S2-17": ("rights", "Be an Account Admin/Owner."),
    "S2-18": ("what-is-a-token", "access token"),
    "S2-20": ("what-is-a-token", "virtual passkey"),
    "S3-1": ("what-is-a-token", "Each network supplies its own tokens"),
    "S3-2": ("if-nobody-renews", "the profile is disconnected"),
    "S3-4": ("why-tokens-end", "limited access, for a limited time"),
    "S3-5": ("what-to-avoid", "does not look like a real name"),
    "S3-6": ("what-to-avoid", "different IP addresses"),
    "S3-7": ("what-to-avoid", "flagged as inappropriate"),
    "S3-8": ("why-tokens-end", "somebody looks at them regularly"),
    "S3-9": ("why-tokens-end", "confirm from time to time"),
    "S3-10": ("why-tokens-end", "settings that are kept at the network"),
    "S3-11": ("why-tokens-end", "the user name was changed"),
    "S3-12": ("why-tokens-end", "the password of the account was changed"),
    "S3-13": ("why-tokens-end", "removed from the list of permitted apps"),
    "S3-14": ("why-tokens-end", "lost their role on the page, account or group"),
    "S3-16": ("why-tokens-end", "each network has a lifespan of its own"),
    "S3-17": ("why-tokens-end", "We keep to the lifespans that the networks set"),
    "S3-18": ("why-reconnect", "analyses and recommendations stay continuous"),
    "S3-19": ("why-reconnect", "Only authorised people"),
    "S3-30": ("why-reconnect", "Reconnect regularly"),
    "S3-31": ("getting-help", "If reconnecting is hard"),
    "S4-1": ("what-is-a-token", "a unique identifier"),
    "S4-3": ("why-tokens-end", "the password of the account was changed"),
    "S4-4": ("why-tokens-end", "lost their role"),
    "S4-5": ("why-tokens-end", "triggered by the network"),
    "S4-36": ("who-can-renew", "the likely reason is that whoever logged in lacks"),
    "S4-75": ("who-can-renew", "gives nobody a right"),
    "S4-83": ("if-nobody-renews", "What was missed can be fetched afterwards"),
    "S4-84": ("if-nobody-renews", "What lies before that is lost"),
    "S4-85": ("if-nobody-renews", "Meta describes the limits"),
    "S4-86": ("youtube-deletion", "gone for more than 7 days"),
    "S4-87": ("youtube-deletion", "YouTube's policies for developers"),
    "S4-88": ("how-to-renew", "Before you start"),
    "G-5": ("rights", "described in our own words"),
}
