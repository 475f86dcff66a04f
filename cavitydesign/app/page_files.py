"""What the page opens and saves, done in a worker: a file that takes long to read keeps nobody
waiting but the one who asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..progress import Progress
from .calibrations import calibrations_beside
from .mode_rows import mode_rows
from .web.workspace import Workspace


def _workspace(payload: Mapping[str, Any]) -> Workspace:
    folder = payload["folder"]
    agreed = frozenset(payload.get("agreed", ()))
    return Workspace(None if folder is None else Path(folder), payload.get("first"), agreed)


def _shown(opened: Mapping[str, Any]) -> dict[str, Any]:
    """What the page may know of an opened item: no path outside the folder."""
    source = opened.get("source")
    shown = {**opened, "source": None if source is None else opened["name"]}
    shown["calibrations"] = calibrations_beside(None if source is None else Path(source))
    if opened.get("kind") == "results":
        try:
            shown["table"] = mode_rows(opened["results"]["modes"]["modes"])
        except (AttributeError, KeyError, TypeError, ValueError):
            raise InputError(
                f"{opened['name']}: its modes are not those of a results.json"
            ) from None
    return shown


def begin(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """What the page shows first, and what else it may open."""
    from ..gain.medium_library import medium_names
    from ..materials import material_names
    from .profile_controls import profile_controls
    from .usual_pumps import usual_pumps

    workspace = _workspace(payload)
    # What takes long is asked for by the page itself, so that no other page waits for it.
    first = None if workspace.takes_long(workspace.first) else workspace.opened(workspace.first)
    return {
        "materials": list(material_names()),
        "gain_media": list(medium_names()),
        "profiles": profile_controls(),
        "pumps": {name: usual_pumps(name) for name in medium_names()},
        "listing": workspace.listing(),
        "first": workspace.first,
        "opened": None if first is None else _shown(first),
    }


def weigh_item(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Whether opening an item, or a point of it, may take seconds."""
    return {"long": _workspace(payload).takes_long(payload["name"])}


def open_item(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """One of the listed items, or one point of a listed study."""
    workspace, name, point = _workspace(payload), payload["name"], payload.get("point")
    if point is None:
        return _shown(workspace.opened(name))
    return {"design": workspace.opened_point(name, point)}


def design_file(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The design as it stands, as the text of a design file, checked."""
    from ..design import parse_design
    from .toml_text import design_toml

    source = payload["source"]
    parse_design(payload["design"], "design", path=None if source is None else Path(source))
    return {"content": design_toml(payload["design"]).encode("utf-8"), "name": "design.toml"}
