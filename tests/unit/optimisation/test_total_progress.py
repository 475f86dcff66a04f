"""The progress of a search for a design."""

from cavitydesign.optimisation.total_progress import TotalProgress


def test_it_rises_through_stages_that_each_begin_anew() -> None:
    told: list[float] = []
    progress = TotalProgress(lambda message, fraction: told.append(fraction))
    for stage in (
        "first points: 12 points",
        "search: 1 point",
        "search: 2 points",
        "steps by derivatives",
        "the optimum once more, at higher accuracy",
        "yield, response: 16 points",
        "yield, check: 48 points",
        "how far cavity.diameter_um may go: 8 points",
        "how far cavity.axial_radius_um may go: 8 points",
    ):
        for fraction in (0.0, 0.5, 1.0):
            progress(stage, fraction)
    assert told == sorted(told) and told[0] == 0.0 and 0.9 < told[-1] <= 1.0
    assert len(set(told)) > 15
