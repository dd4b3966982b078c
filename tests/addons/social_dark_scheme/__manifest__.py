{
    "name": "A Dark Scheme for Pictures",
    "summary": "Turns the web client dark by a cookie, as Odoo's larger edition does",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Social Token Manager contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "assets": {
        "web.assets_web_dark": [
            (
                "before",
                "web/static/src/scss/primary_variables.scss",
                "social_dark_scheme/static/src/dark_variables.scss",
            ),
            "social_dark_scheme/static/src/dark.scss",
        ],
    },
}
