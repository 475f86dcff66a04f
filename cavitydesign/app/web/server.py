"""The explorer's addresses: its page, what it may open, what it may ask to be computed."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...errors import InputError
from ...version import __version__
from .consent import WHY, Consent, unknown_scripts
from .guard import SECURITY_HEADERS, Guard, RequestRefused, read_object, refusal, told_refusal
from .lane import Lane
from .request_limits import check_files, check_limits, inside
from .workspace import Workspace

Handler = Callable[[Request], Awaitable[Response]]

_SCRIPTS = (
    "answer",
    "app",
    "busy",
    "cavity",
    "channel",
    "comb",
    "compare",
    "consent",
    "controls",
    "design",
    "field",
    "fields",
    "folds",
    "help",
    "light",
    "media",
    "modes",
    "opening",
    "past",
    "plot",
    "pump",
    "regimes",
    "saving",
    "scan",
    "space",
    "study",
    "words",
)
_ASSETS = {
    "app.css": "text/css",
    "help.html": "text/html",
    **{f"{name}.js": "text/javascript" for name in _SCRIPTS},
    "three.module.min.js": "text/javascript",
}
# Libraries of others, each with its licence beside it.
_VENDORED = {"three.module.min.js": "vendor/three.module.min.js"}
# what a new answer makes pointless of the same page, by lane: the design has changed
_ENDS = {
    "modes": ("field", "preview", "scan"),
    "field": ("preview",),
    "lasing": ("scan", "bands"),
}
_PAGE_NAME = re.compile(r"[A-Za-z0-9-]{1,40}\Z")
_DOWNLOAD_TYPES = {
    "png": "image/png",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "vtu": "application/octet-stream",
    "vts": "application/octet-stream",
}


def _asset(name: str, kind: str) -> Response:
    content = (
        resources.files("cavitydesign.app") / "page" / _VENDORED.get(name, name)
    ).read_bytes()
    return Response(content, media_type=kind, headers=SECURITY_HEADERS)


def _json(answer: Mapping[str, Any]) -> Response:
    """JSON that a worker made."""
    return Response(answer["json"], media_type="application/json", headers=SECURITY_HEADERS)


def _page_name(body: Mapping[str, Any]) -> str:
    """Identity of the page that asks, so that its newer requests replace its older ones."""
    name = body.get("page", "")
    if not isinstance(name, str) or not _PAGE_NAME.match(name):
        raise RequestRefused(400, "page: a name of letters, digits and dashes")
    return name


def _order(body: Mapping[str, Any]) -> int:
    """Which of the page's requests this is, so that one that was overtaken ends no newer one."""
    order = body.get("order", 0)
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order < 2**53:
        raise RequestRefused(400, "order: a whole number, rising from request to request")
    return order


class Explorer:
    """The explorer's state: what it was given, and its workers: one for modes and fields, one for
    lasing, one for files, and two for what takes long to open, which start when they are asked.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.modes, self.lasing, self.files = Lane("modes"), Lane("lasing"), Lane("files")
        self.openings = Lane("opening"), Lane("another opening")
        self.consent = Consent()

    def routes(self) -> list[Route]:
        """Addresses, behind the guard."""
        posts: dict[str, Handler] = {
            "open": self.open,
            "modes": self.solve,
            "field": self.solve,
            "preview": self.solve,
            "lasing": self.solve,
            "bands": self.solve,
            "scan": self.solve,
            "figure": self.download,
            "vtk": self.download,
            "table": self.download,
            "design": self.design_file,
            "scripts": self.scripts,
            "agree": self.agree,
        }
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/assets/{name}", self.asset, methods=["GET"]),
            Route("/api/start", self.begin, methods=["GET"]),
            *(
                Route(f"/api/{name}", handler, methods=["POST"], name=name)
                for name, handler in posts.items()
            ),
        ]

    async def page(self, request: Request) -> Response:
        """The page itself."""
        return _asset("index.html", "text/html")

    async def asset(self, request: Request) -> Response:
        """A script or style of the page; no other file."""
        name = request.path_params["name"]
        if name not in _ASSETS:
            raise RequestRefused(404, "no such part of the page")
        return _asset(name, _ASSETS[name])

    @property
    def _workspace_entry(self) -> dict[str, Any]:
        """The folder and the first item, as the worker of files takes them."""
        folder = self.workspace.folder
        return {
            "folder": None if folder is None else str(folder),
            "first": self.workspace.first,
            "agreed": sorted(self.consent.agreed),
        }

    async def begin(self, request: Request) -> Response:
        """What the page shows first, and what else it may open."""
        page = uuid.uuid4().hex
        answer = await self.files.run(
            page,
            "start",
            self._workspace_entry,
            newest_only=False,
            encoded=True,
            gone=request.is_disconnected,
        )
        head = json.dumps({"version": __version__, "page": page}).encode()
        return _json({"json": head[:-1] + b"," + answer["json"][1:]})

    async def open(self, request: Request) -> Response:
        """Open one of the listed items, or one point of a listed study."""
        body = await read_object(request)
        name, point = body.get("name"), body.get("point")
        if not isinstance(name, str):
            raise RequestRefused(400, "name: which item to open")
        if point is not None and (not isinstance(point, int) or isinstance(point, bool)):
            raise RequestRefused(400, "point: the number of a point of the study")
        asked = {**self._workspace_entry, "name": name, "point": point}
        gone = request.is_disconnected
        weighed = await self.files.run("open", "weigh", asked, newest_only=False, gone=gone)
        lane = min(self.openings, key=lambda one: one.waiting) if weighed["long"] else self.files
        return _json(
            await lane.run("open", "open", asked, newest_only=False, encoded=True, gone=gone)
        )

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """All workers."""
        return self.modes, self.lasing, self.files, *self.openings

    def _payload(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The design to compute and what is asked of it, checked against the limits."""
        design, source = body.get("design"), body.get("source")
        if not isinstance(design, Mapping):
            raise RequestRefused(400, "design: the tables of a design file")
        folder = self.workspace.folder
        payload = {
            name: value
            for name, value in body.items()
            if name not in ("page", "slot", "source", "order")
        }
        if folder is None:
            check_limits(design, None)
            return {**payload, "source": None}
        source_path = self._source(source, folder)
        check_limits(design, folder, source_path.parent)
        for path in unknown_scripts(design, source_path.parent, self.consent.agreed):
            raise RequestRefused(428, f"{path.name}: {WHY}")
        return {**payload, "source": str(source_path)}

    def _source(self, source: Any, folder: Path) -> Path:
        """The file that names in a design count from; without one, they count from the folder."""
        return inside(folder, source) if isinstance(source, str) else folder / "design.toml"

    async def _checked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`_payload` in a thread: it reads the files that a design names."""
        return await asyncio.to_thread(self._payload, body)

    async def solve(self, request: Request) -> Response:
        """Modes, the field of one, lasing, or one point of a scan, as JSON."""
        body = await read_object(request)
        task, page = request.url.path.rpartition("/")[2], _page_name(body)
        # a scan keeps both workers busy: the page says which of its two requests this is
        second = task in ("lasing", "bands") or (task == "scan" and body.get("slot") == 1)
        lane = self.lasing if second else self.modes
        ends = [f"{page} {other}" for other in _ENDS.get(task, ())]
        payload = await self._checked(body)
        return _json(
            await lane.run(
                f"{page} {task}",
                task,
                payload,
                ends=ends,
                order=_order(body),
                encoded=True,
                gone=request.is_disconnected,
            )
        )

    async def download(self, request: Request) -> Response:
        """A figure, a table or a VTK file."""
        body = await read_object(request)
        task = request.url.path.rpartition("/")[2]
        answer = await self.lasing.run(
            _page_name(body),
            task,
            await self._checked(body),
            newest_only=False,
            gone=request.is_disconnected,
        )
        name = str(answer["name"])
        headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(
            answer["content"], media_type=_DOWNLOAD_TYPES[name.rpartition(".")[2]], headers=headers
        )

    async def design_file(self, request: Request) -> Response:
        """The design as it stands, as the text of a design file, checked."""
        payload = await self._checked(await read_object(request))
        answer = await self.files.run("design", "design", payload, newest_only=False)
        headers = {**SECURITY_HEADERS, "Content-Disposition": 'attachment; filename="design.toml"'}
        return Response(answer["content"], media_type="application/toml", headers=headers)

    async def scripts(self, request: Request) -> Response:
        """What the user has to agree to before a design is computed: its scripts that did not come
        with the package.
        """
        body = await read_object(request)
        design, folder = body.get("design"), self.workspace.folder
        if not isinstance(design, Mapping):
            raise RequestRefused(400, "design: the tables of a design file")
        asked: list[dict[str, Any]] = []
        if folder is not None:
            source_path = self._source(body.get("source"), folder)
            await asyncio.to_thread(check_files, design, folder, source_path.parent)
            asked = await asyncio.to_thread(self.consent.shown, design, source_path.parent, folder)
        return JSONResponse({"why": WHY, "scripts": asked}, headers=SECURITY_HEADERS)

    async def agree(self, request: Request) -> Response:
        """Note that the user has agreed to scripts that were shown."""
        digests = (await read_object(request)).get("digests")
        if not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
            raise RequestRefused(400, "digests: those of the scripts that were shown")
        self.consent.agree(digests)
        return JSONResponse({"agreed": len(digests)}, headers=SECURITY_HEADERS)


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, RequestRefused):
        return told_refusal(request, error.status, error.reason)
    if isinstance(error, InputError):
        return told_refusal(request, 422, "; ".join(error.problems)[:2000].replace("\n", " "))
    return refusal(
        getattr(error, "status_code", 500), getattr(error, "detail", type(error).__name__)
    )


def create_app(workspace: Workspace, token: str, port: int) -> Guard:
    """The explorer as an ASGI application behind its guard.

    Parameters
    ----------
    workspace : Workspace
    token : str
        First segment of every address.
    port : int
        The port it will be served on, which Host and Origin must name.
    """
    from starlette.exceptions import HTTPException

    explorer = Explorer(workspace)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        explorer.modes.start()
        explorer.lasing.start()
        explorer.files.start()
        try:
            yield
        finally:
            for lane in explorer.lanes:
                lane.close()

    handlers: dict[Any, Any] = {
        RequestRefused: _refused,
        InputError: _refused,
        HTTPException: _refused,
    }
    app = Starlette(routes=explorer.routes(), lifespan=lifespan, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, token, port)
