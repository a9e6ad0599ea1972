"""Build the application; this module knows every feature, and no feature knows it."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint, Flask
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

import harmreduction
from harmreduction import cli
from harmreduction.accounts.routes.sign_in import ask_to_sign_in
from harmreduction.accounts.session_cookie import load_actor
from harmreduction.assessments import shelf
from harmreduction.config import HOUSE, Config
from harmreduction.core import encrypted_sqlite, keyed, sealed_box, sealing
from harmreduction.core.db import db
from harmreduction.core.errors import DomainError
from harmreduction.core.keys import (
    Keys,
    lacks_codes_key,
    make_codes_key,
    make_keys,
    make_phones_key,
    read_keys,
    read_keys_without_codes,
)
from harmreduction.core.messages import message
from harmreduction.directory import gazetteer
from harmreduction.home.frame import provide_frame
from harmreduction.participants.code_keys import check_code_keys, follow_code_keys, uses_codes
from harmreduction.retention.background import keep_rolling_up
from harmreduction.sync.phone_keys import follow_phone_keys
from harmreduction.web import access, assets, errors, extensions, headers, i18n, pressing, vendor
from harmreduction.web.cleaned import CleanedRequest
from harmreduction.web.form_cookie import FormCookie

FORM_LIMIT = 2 * 1024 * 1024


class WrongDatabaseAddress(DomainError):
    """HR_DATABASE_URL is no address of a PostgreSQL database."""


def create_app(config: Config | None = None, **overrides: Any) -> Flask:
    """Return the application of one instance.

    Its key files are made if the instance is new; an instance without its keys does not start.
    `overrides` are Flask settings, for tests.
    """
    config = config or Config.from_environment()
    is_new = not config.exists
    if is_new:
        config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_keys(config.keys)
    else:
        make_phones_key(config.keys)
        if lacks_codes_key(config.keys):
            _make_first_codes_key(config)
    app = build_app(config, read_keys(config.keys), **overrides)
    if not is_new:
        with app.app_context():
            check_code_keys()
    app.before_request(follow_code_keys(config.keys))
    app.before_request(follow_phone_keys(config.keys))
    return app


def build_app(config: Config, keys: Keys, **overrides: Any) -> Flask:
    """Put the application together from its configuration and keys."""
    i18n.compile_catalogues(HOUSE / "translations")
    app = Flask("harmreduction", root_path=str(HOUSE), template_folder="templates", static_folder="static")
    app.config.from_mapping(_flask_settings(config, keys))
    app.config.from_mapping(overrides)
    app.config["HR"] = config
    app.request_class = CleanedRequest
    app.session_interface = FormCookie()
    sealing.use_key(keys.fields)
    sealed_box.use_keys(keys.phones, keys.phones_old)
    gazetteer.use_folder(config.instance)
    shelf.use_instance(config.instance)
    keyed.use_keys(web=keys.web, audit=keys.audit, codes=keys.codes, codes_old=keys.codes_old)
    _load_models()
    access.protect(app, load_actor, ask_to_sign_in)  # before the extensions look at form tokens
    _bind_extensions(app, keys)
    _register_features(app)
    pressing.press_files(app)
    headers.send_headers(app)
    errors.answer_errors(app)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _make_first_codes_key(config: Config) -> None:
    """Give an instance from before there were codes its key for them; one that uses codes needs its own key back."""
    with build_app(config, read_keys_without_codes(config.keys)).app_context():
        if not uses_codes():
            make_codes_key(config.keys)


def _flask_settings(config: Config, keys: Keys) -> dict[str, Any]:
    """Return Flask's settings for this instance; secure defaults, stated."""
    return {
        "SECRET_KEY": keys.web,
        "SQLALCHEMY_DATABASE_URI": _database_url(config),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(config),
        "MAX_CONTENT_LENGTH": FORM_LIMIT,
        "SESSION_COOKIE_NAME": "form",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # some browsers send no Referer; web/access.py looks at where a form comes from
        "TRUSTED_HOSTS": list(config.answers_to) or None,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "BABEL_TRANSLATION_DIRECTORIES": str(HOUSE / "translations"),
        "COMPRESS_ALGORITHM": ["br", "zstd", "gzip", "deflate"],  # the smallest first
        "COMPRESS_ALGORITHM_STREAMING": ["br", "zstd", "deflate"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/csv",
            "text/javascript",
            "application/json",
            "image/svg+xml",
        ],
    }


def _database_url(config: Config) -> str:
    """Return the address of the database: PostgreSQL if asked for, else the embedded file."""
    if config.database_url is None:
        return f"sqlite:///{config.database_file}"
    url = make_url(config.database_url)
    if url.get_backend_name() != "postgresql":
        raise WrongDatabaseAddress(
            message("HR_DATABASE_URL must begin with postgresql://, or be empty for the embedded database.")
        )
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _engine_options(config: Config) -> dict[str, Any]:
    """Return what SQLAlchemy needs to know of the driver; what people entered never stands in an error's text."""
    if config.database_url is not None:
        return {"hide_parameters": True, "pool_pre_ping": True}
    return {"hide_parameters": True, "module": encrypted_sqlite.driver(), "connect_args": {"timeout": 10}}


def _load_models() -> None:
    """Import every feature's models, so that the metadata is whole."""
    for feature in _features():
        folder = Path(feature.__path__[0])
        if (folder / "models.py").exists() or (folder / "models").is_dir():
            importlib.import_module(f"{feature.__name__}.models")


def _bind_extensions(app: Flask, keys: Keys) -> None:
    """Bind the extensions, and prepare every connection of the embedded database."""
    db.init_app(app)
    extensions.migrate.init_app(app, db, directory=str(HOUSE / "migrations"), render_as_batch=True)
    extensions.csrf.init_app(app)
    extensions.babel.init_app(app, locale_selector=i18n.choose_language)
    extensions.compress.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            in_memory = db.engine.url.database in (None, "", ":memory:")
            encrypted_sqlite.listen(db.engine, None if in_memory else keys.database)


def _register_features(app: Flask) -> None:
    """Register what every feature offers: its pages, its commands, and the frame around the pages."""
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    app.cli.add_command(cli.hr)
    keep_rolling_up(app)
    assets.provide_assets(app)
    vendor.provide_vendor(app)
    i18n.provide_languages(app)
    provide_frame(app)
    app.view_functions["static"] = access.public(app.view_functions["static"])


def _blueprints() -> Iterator[Blueprint]:
    """Find every `bp` in a feature's `routes` module or in the modules of its `routes` package."""
    for feature in _features():
        for found in pkgutil.walk_packages(feature.__path__, f"{feature.__name__}."):
            if ".routes" in found.name:
                blueprint = getattr(importlib.import_module(found.name), "bp", None)
                if isinstance(blueprint, Blueprint):
                    yield blueprint


def _features() -> Iterator[ModuleType]:
    """Return the package of each feature."""
    for found in pkgutil.iter_modules(harmreduction.__path__, "harmreduction."):
        if found.ispkg:
            yield importlib.import_module(found.name)
