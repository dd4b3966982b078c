"""The template and the languages that ship are complete.

After a change of words, make the template anew and bring the languages in line with it
(any PO editor does: "update from template"). The second command leaves out what other
addons add to our models; the first is for who has no such database yet:

    bin/odoo -d i18n -i social_token_manager --stop-after-init
    bin/odoo -d i18n -u social_token_manager --stop-after-init
    bin/odoo i18n export social_token_manager -d i18n -l pot

Every term has its translation, one that reads the same in both languages as well.
"""

import io
import re
from collections import Counter
from functools import cached_property
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

from .common import MODULE

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")
FIELD = re.compile(rf"model:ir\.model\.fields,\w+:({MODULE}\.\w+)")


def placed(catalogue):
    """Return ``{(term, place)}`` for all places of the terms of a catalogue."""
    return {
        (entry.msgid, place)
        for entry in catalogue
        for place, _line in entry.occurrences
    }


def as_lines(terms):
    return "\n".join(f"  {term}" for term in sorted(terms))


@tagged("post_install", "-at_install")
class TestI18n(TransactionCase):
    @cached_property
    def folder(self):
        return Path(get_module_path(MODULE)) / "i18n"

    @cached_property
    def template(self):
        return polib.pofile(str(self.folder / f"{MODULE}.pot"))

    def languages(self):
        """Yield the name and the catalogue of each language that ships."""
        for path in sorted(self.folder.glob("*.po")):
            yield path.stem, polib.pofile(str(path))

    def export(self):
        """Return the catalogue of the terms as they are now."""
        buffer = io.BytesIO()
        trans_export(None, [MODULE], buffer, "po", self.env)
        return polib.pofile(buffer.getvalue().decode())

    def is_foreign(self, place):
        """Whether a place is a field that an addon beside us puts on our models."""
        found = FIELD.fullmatch(place)
        if not found:
            return False
        record = self.env.ref(found[1])
        modules = self.env[record.model]._fields[record.name]._modules
        return not set(modules) & self.own_modules

    @cached_property
    def own_modules(self):
        """This module and all that it depends on."""
        module = self.env["ir.module.module"].search([("name", "=", MODULE)])
        needed = module.upstream_dependencies(exclude_states=("uninstallable",))
        return {MODULE, "base", *needed.mapped("name")}

    def test_the_promised_languages_are_there(self):
        found = {name for name, _catalogue in self.languages()}
        self.assertEqual(found, {"es", "fr", "pt_BR"})

    def test_the_template_is_up_to_date(self):
        shipped, current = placed(self.template), placed(self.export())
        new = {
            f"{term!r} at {place}"
            for term, place in current - shipped
            if not self.is_foreign(place)
        }
        self.assertFalse(new, f"Not in the template yet:\n{as_lines(new)}")
        gone = {f"{term!r} at {place}" for term, place in shipped - current}
        self.assertFalse(gone, f"Only in the template:\n{as_lines(gone)}")

    def test_every_term_is_translated(self):
        wanted = {entry.msgid for entry in self.template}
        for name, catalogue in self.languages():
            with self.subTest(language=name):
                done = {entry.msgid for entry in catalogue if entry.msgstr.strip()}
                missing = wanted - done
                self.assertFalse(missing, f"Not translated:\n{as_lines(missing)}")

    def test_nothing_is_obsolete_or_fuzzy(self):
        wanted = {entry.msgid for entry in self.template}
        for name, catalogue in self.languages():
            with self.subTest(language=name):
                obsolete = {entry.msgid for entry in catalogue} - wanted
                obsolete |= {entry.msgid for entry in catalogue.obsolete_entries()}
                self.assertFalse(obsolete, f"Not used any more:\n{as_lines(obsolete)}")
                fuzzy = {entry.msgid for entry in catalogue if entry.fuzzy}
                self.assertFalse(fuzzy, f"Fuzzy:\n{as_lines(fuzzy)}")

    def test_a_term_is_listed_once(self):
        for name, catalogue in self.languages():
            with self.subTest(language=name):
                counts = Counter(entry.msgid for entry in catalogue)
                self.assertFalse([term for term, count in counts.items() if count > 1])

    def test_placeholders_and_markup_are_kept(self):
        for name, catalogue in self.languages():
            with self.subTest(language=name):
                for entry in catalogue:
                    for pattern in (PLACEHOLDER, TAG):
                        self.assertEqual(
                            Counter(pattern.findall(entry.msgstr)),
                            Counter(pattern.findall(entry.msgid)),
                            entry.msgid,
                        )

    def test_every_place_of_a_term_is_known_to_the_languages(self):
        """Odoo reads the places from the template; other tools do not."""
        wanted = placed(self.template)
        for name, catalogue in self.languages():
            with self.subTest(language=name):
                self.assertEqual(placed(catalogue), wanted)
