"""The outlines that the explorer offers, with the controls of their keys."""

from __future__ import annotations

from typing import Any

from ..design.outlines import PROFILES


def profile_controls() -> list[dict[str, Any]]:
    """Each profile with its controls, in plain data.

    Returns
    -------
    list of dict
        `name`; `offered`; `keys`, all that belong to it; `required`; `start`, values that it begins
        with; `controls`, one for each key that has one.
    """
    return [
        {
            "name": name,
            "offered": profile.in_explorer,
            "keys": list(profile.allowed),
            "required": list(profile.required),
            "start": dict(profile.start),
            "controls": [
                {
                    "key": f"cavity.{key}",
                    "label": one.label,
                    "hint": one.hint,
                    "min": one.low,
                    "max": one.high,
                    "step": one.step,
                    "log": one.logarithmic,
                    "options": list(one.options) or None,
                    "of_diameter": one.of_diameter,
                    "fallback": one.fallback,
                    "only_given": one.only_given,
                }
                for key, shape in profile.keys.items()
                if (one := shape.control) is not None
            ],
        }
        for name, profile in PROFILES.items()
    ]
