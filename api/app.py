"""The service: which guards, routes and errors it has. Nothing is made at import."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api.guards import Guards
from api.openapi_events import describe_events
from api.problems import install_problem_handlers
from api.proxies import NamedProxies
from api.questions import Lanes
from api.routes import ask, backups, documents, folders, health, openai, pages, people, privacy, privacy_upkeep, sign_in, spaces, status
from api.routes.serving import Served
from kb import __version__

_DESCRIPTION = (
    "Answers questions from an organisation's own documents, on its own server, and shows for every sentence where it comes from.\n\n"
    "Whoever sends the data directory's token (`Authorization: Bearer …`) is its owner. While there are no accounts anybody on this "
    "machine may ask, give feedback, list spaces and read sources; once there are, one signs in on the page (a cookie, with "
    "`X-Page-Token` on every change) or sends an API token as bearer. Subject requests (`/v1/privacy`) are the data protection "
    "officer's and the owner's. "
    "Errors are `{code, detail, request_id}`, with `detail` in the language of `Accept-Language`; "
    "below `/v1/chat/` and `/v1/models` they have OpenAI's shape."
)


def create_app(kennisbank: Served, names: Collection[str] = ()) -> FastAPI:
    """The service over ``kennisbank``. It neither opens nor closes it.

    ``names``: what it is called, besides this machine's own names and those of the settings.
    """
    app = FastAPI(
        title="Kennisbank",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.kennisbank = kennisbank
    app.state.lanes = Lanes(kennisbank.settings.server.max_concurrent_questions)
    for part in (ask, documents, folders, spaces, status, privacy, privacy_upkeep, backups, people, health, openai, pages, sign_in):
        app.include_router(part.router)
    app.mount("/pages", StaticFiles(directory=pages.ASSETS), name="pages")
    install_problem_handlers(app)
    describe_events(app)
    server = kennisbank.settings.server
    app.add_middleware(Guards, max_request_bytes=server.max_request_bytes, names={*server.names, *names})
    app.add_middleware(NamedProxies, addresses=server.proxies)
    return app
