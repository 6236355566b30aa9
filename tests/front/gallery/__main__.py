"""Serves the gallery on its own small settings."""

from __future__ import annotations

import argparse
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings


ROOT = Path(__file__).resolve().parents[3]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *said: object) -> None:
        """Say nothing of each request."""


def configure() -> None:
    settings.configure(
        SECRET_KEY="nothing is kept here",  # noqa: S106
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        ROOT_URLCONF="tests.front.gallery.pages",
        INSTALLED_APPS=["dmp", "django.forms", "django.contrib.staticfiles", "django_htmx"],
        MIDDLEWARE=[
            "csp.middleware.CSPMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        CONTENT_SECURITY_POLICY={"DIRECTIVES": {"default-src": ["'self'"]}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "templates", Path(__file__).parent / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "tests.front.gallery.pages.around",
                    ],
                },
            },
        ],
        FORM_RENDERER="dmp.forms.FormRenderer",
        STATIC_URL="/static/",
        STATICFILES_DIRS=[ROOT / "static"],
        LANGUAGE_CODE="fr",
        LANGUAGES=[("fr", "Français"), ("en", "English")],
        LOCALE_PATHS=[ROOT / "locale"],
        TIME_ZONE="Europe/Paris",
        USE_TZ=True,
    )
    django.setup()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8099)
    port = parser.parse_args().port
    configure()
    from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    application = StaticFilesHandler(get_wsgi_application())
    with make_server("127.0.0.1", port, application, handler_class=QuietHandler) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)  # noqa: T201
        server.serve_forever()


if __name__ == "__main__":
    main()
