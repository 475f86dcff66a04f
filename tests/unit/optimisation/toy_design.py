"""A design whose answer is known in closed form, for the search: a comb under a gain line, as cheap
as arithmetic.
"""

import math

from cavitydesign.errors import InputError

CENTRE_NM = 537.6


def toy_outcomes(diameter_um, roughness_nm=1.0):
    """(threshold, single-mode probability, Q, spacing, order of the comb) of the toy."""
    n_eff = 1.495 - 1.3 * (math.pi * diameter_um * 1e3 / CENTRE_NM) ** (-2 / 3)
    place = math.pi * diameter_um * 1e3 * n_eff / CENTRE_NM
    fsr = CENTRE_NM / (place * 1.04)
    detuning = (place - round(place)) * fsr
    q = 24.0 * diameter_um / (1 + 0.2 * (roughness_nm - 1) ** 2)
    threshold = (
        3.6
        + 0.02 * (diameter_um - 18) ** 2 / 10
        + 0.3 * (detuning / 2.0) ** 2
        + 0.1 * (roughness_nm - 1) ** 2
    )
    single = 1 / (1 + math.exp(-(fsr - 3.2) / 0.5))
    return threshold, single, q, fsr, place


def evaluate(design, task):
    diameter, roughness = design["cavity"]["diameter_um"], design["cavity"].get("roughness_nm", 1.0)
    if diameter > design["cavity"].get("thickest_um", 1e9):
        raise InputError("too thick for the toy")
    threshold, single, q, fsr, place = toy_outcomes(diameter, roughness)
    # three photons: the excitations at threshold fall as 1 / gain
    threshold *= (1000.0 / design.get("gain", {}).get("peak_gain_per_cm", 1000.0)) ** (1 / 3)
    m = round(place)
    mode = {
        "label": f"TM {m} 1 0", "polarisation": "TM", "m": m, "p": 1, "q": 0,
        "wavelength_nm": CENTRE_NM + (place - m) * fsr, "n_eff": 1.4, "group_index": 1.5, "fsr_nm": fsr, "q_total": q,
        "linewidth_nm": 0.1, "mode_volume_um3": 3.0 * diameter**1.5, "confinement": {"body": 0.99, "surround": 0.01},
        "log10_q": {"radiation": 20.0, "absorption": None, "scattering": None, "total": math.log10(q)},
    }  # fmt: skip
    modes = {"modes": [mode]}
    if task == "modes":
        return modes
    lasing = {
        "single_mode_probability": single,
        "side_mode_suppression_db": 30 * single,
        "modes_lasing": 1,
        "pulse_fwhm_ps": 1.0,
        "per_mode": [],
        "threshold_mj_cm2": {
            "gain_equals_loss": threshold / 2,
            "ase": threshold / 1.4,
            "lasing": threshold,
        },
    }
    return {"modes": modes, "lasing": lasing}
