"""All of the studio as one ASGI application."""

from __future__ import annotations

from fastapi import FastAPI

from drumnet import __version__
from drumnet.studio.routes import api_router


def build_api() -> FastAPI:
    app = FastAPI(
        title="DrumNet studio",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.include_router(api_router())
    return app
