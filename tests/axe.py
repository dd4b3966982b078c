"""What axe-core finds wrong with a page for people who cannot see, hear or point.

https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
"""

import json

from dev import layout, node

REPORT = layout.LOCAL / "axe.json"
# WCAG 2.2, levels A and AA; axe's own "best-practice" is left out.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = ("serious", "critical")
RUN = """
async ([tags, ours, theirs]) => {
    const options = { runOnly: tags, resultTypes: ["violations"] };
    const isThere = ([selector]) => document.querySelector(selector);
    const include = ours.filter(isThere);
    const found = await axe.run({ include, exclude: theirs.filter(isThere) }, options);
    return found.violations.map(({ id, impact, help, nodes }) => ({
        id, impact, help,
        nodes: nodes.map((node) => ({
            target: node.target.flat().join(" "),
            html: node.html.slice(0, 300),
            why: [node.any, node.all, node.none]
                .flatMap((checks) => checks.map((one) => one.message))
                .join("; "),
        })),
    }));
}
"""


class Axe:
    """Looks at pages, and keeps what it finds in ``.local/axe.json``.

    :param theirs: CSS selectors of what is not ours to mend
    """

    def __init__(self, theirs=()):
        self.theirs = [[selector] for selector in theirs]
        self.findings = {}

    @staticmethod
    def is_there():
        return node.path("axe-core", "axe.min.js").exists()

    def look(self, page, name, ours):
        """Look at what a page shows now; return what is serious, as sentences.

        :param ours: CSS selectors of what to look at
        """
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(node.path("axe-core", "axe.min.js").read_text() + ";0")
        violations = page.evaluate(RUN, [TAGS, [[one] for one in ours], self.theirs])
        self.findings[name] = violations
        REPORT.write_text(json.dumps(self.findings, indent=1))
        return [
            f"{name}: {one['id']} ({one['impact']}): {found['target']}\n"
            f"    {found['html']}\n    {found['why']}"
            for one in violations
            if one["impact"] in GRAVE
            for found in one["nodes"]
        ]
