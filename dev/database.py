"""Databases: the template, clones of it, and what Odoo keeps beside them on disk."""

import os
import shutil
import socket

from . import layout, odoo, odoo_source, postgres, shell, steps
from .trouble import Trouble

PREFIX = "template_odoo19_"
MODULES = "base,web,mail"
LANGUAGES = "en_US,pt_BR"


def exists(name):
    statement = f"SELECT 1 FROM pg_database WHERE datname = '{_checked(name)}'"
    return bool(postgres.sql(statement))


def _checked(name):
    return postgres.quoted(name).strip('"')


def names(prefix=""):
    rows = postgres.sql("SELECT datname FROM pg_database ORDER BY 1")
    return [name for (name,) in rows if name.startswith(prefix)]


def create_empty(name):
    """Create an empty database as Odoo would."""
    postgres.sql(
        f"CREATE DATABASE {postgres.quoted(name)} ENCODING 'UTF8' LC_COLLATE 'C' "
        "TEMPLATE template0"
    )


def drop(name):
    """Drop a database, whoever is connected, and its files."""
    quoted = postgres.quoted(name)
    if exists(name):
        postgres.sql(f"ALTER DATABASE {quoted} IS_TEMPLATE false")
        postgres.sql(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
    shutil.rmtree(layout.FILESTORE / name, ignore_errors=True)


def drop_all(prefix):
    for name in names(prefix):
        drop(name)


def clone(template, name, replace=True):
    """Copy a database with its files.

    :param replace: drop a database that has the name already
    :raise Trouble: when it exists and may not be replaced
    """
    if exists(name):
        if not replace:
            raise Trouble(f"There is a database {name} already.")
        drop(name)
    postgres.sql(
        f"CREATE DATABASE {postgres.quoted(name)} TEMPLATE {postgres.quoted(template)}"
    )
    copy_files(template, name)


def copy_files(source, target):
    """Copy a database's stored files.

    Odoo names them after their content and never changes one, so links do.
    """
    shutil.rmtree(layout.FILESTORE / target, ignore_errors=True)
    if (layout.FILESTORE / source).exists():
        shutil.copytree(
            layout.FILESTORE / source, layout.FILESTORE / target, copy_function=os.link
        )


def rename(building, name):
    """Give a finished database, with its files, its name; replace who has it."""
    drop(name)
    postgres.sql(
        f"ALTER DATABASE {postgres.quoted(building)} RENAME TO {postgres.quoted(name)}"
    )
    if (layout.FILESTORE / building).exists():
        (layout.FILESTORE / building).rename(layout.FILESTORE / name)


def seal(building, name):
    """Make a finished database a template: renamed, and closed to connections."""
    rename(building, name)
    postgres.sql(
        f"ALTER DATABASE {postgres.quoted(name)} "
        "WITH IS_TEMPLATE true ALLOW_CONNECTIONS false"
    )


def set_parameter(name, key, value):
    """Set a system parameter in a database no Odoo runs on."""
    postgres.sql(
        "INSERT INTO ir_config_parameter (key, value) "
        f"VALUES ('{key}', '{value}') "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        name,
    )


# --- the template -------------------------------------------------------------


def template_name():
    parts = [odoo_source.identity(), MODULES, LANGUAGES]
    if postgres.external():
        # Other machines may use that server, and their files lie elsewhere.
        parts += [socket.gethostname(), str(layout.LOCAL)]
    return PREFIX + steps.digest(*parts)


def ensure_template():
    """Return the name of the template with base, web and mail; build it if needed."""
    name = template_name()
    if exists(name):
        return name
    with steps.locked("template", "Waiting for another command to build the template"):
        if not exists(name):
            drop_all(PREFIX)
            build_template(name)
    return name


def build_template(name):
    shell.say("Building the template database (base, web, mail) ...")
    building = f"{name}_building"
    drop(building)
    create_empty(building)
    odoo.run(
        ["-d", building, "-i", MODULES, f"--load-language={LANGUAGES}"],
        log="template",
        what="Building the template database",
    )
    seal(building, name)


# --- what the person's own command line asks for ------------------------------------


def prepare_for(arguments):
    """Make the new database that ``-d NAME -i ...`` asks Odoo to fill.

    A clone of the template saves half a minute. Odoo would also ask PostgreSQL for
    an extension that the embedded one has not, and log an error.
    """
    name = _option(arguments, "-d", "--database")
    installs = _option(arguments, "-i", "--init")
    if not name or not installs or "," in name or exists(name):
        return
    if "--with-demo" in arguments:
        create_empty(name)
    else:
        clone(ensure_template(), name)


def _option(arguments, short, long):
    """Return the value that a command line gives an option, or None."""
    value = None
    for argument, following in zip(arguments, [*arguments[1:], None], strict=True):
        if argument in (short, long):
            value = following
        elif argument.startswith(f"{long}="):
            value = argument.partition("=")[2]
        elif argument.startswith(short) and not argument.startswith("--"):
            value = argument[len(short) :]
    return value
