"""The application's database role: its URL and password. Light: every process needs it, few migrate."""

from __future__ import annotations

import secrets

from sqlalchemy.engine import make_url

from tongguan.core.migrations.security import APP_ROLE
from tongguan.core.settings import Settings, secret_of

JOBS_SCHEMA = "dbos"


def app_url(settings: Settings, owner_url: str) -> str:
    """The application role's URL: the one given, else the owner's with the password kept in the data folder."""
    if settings.app_database_url:
        return settings.app_database_url
    url = make_url(owner_url).set(username=APP_ROLE, password=app_password(settings))
    return url.render_as_string(hide_password=False)


def app_password(settings: Settings) -> str:
    """The application role's password."""
    if settings.app_database_url:
        return make_url(settings.app_database_url).password or secrets.token_hex(16)
    return secret_of(settings, "database-password")
