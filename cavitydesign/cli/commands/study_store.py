"""`cavitydesign study verify | merge | clean | fields | slurm`: care of a study's store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ...errors import InputError
from ..exit_codes import DONE, MISSED, reported, say
from ..study_tables import print_outcome
from .modes import AsJson
from .study import StudyFile, Workers, evaluate_of, loaded_study, worker_count


def verify(
    file: StudyFile,
    solve: Annotated[
        int, typer.Option(metavar="N", help="Points to compute again and compare.")
    ] = 0,
    json: AsJson = False,
) -> int:
    """Check every record of the store, and compute some points again."""
    from ...study.records.verify import verified

    if solve < 0:
        raise InputError(f"--solve {solve}: at least 0 is needed")
    loaded = loaded_study(file)
    found = verified(loaded, evaluate_of(loaded), solve)
    print_outcome(f"Store of {loaded.name}", found.to_json_dict(), json)
    if found.damaged:
        say(
            f"{len(found.damaged)} damaged records: the next run computes their points again; "
            "study clean removes them"
        )
    return DONE if found.sound else MISSED


def merge(
    file: StudyFile,
    stores: Annotated[
        list[Path], typer.Argument(metavar="STORE...", help="Folders of other stores.")
    ],
    json: AsJson = False,
) -> int:
    """Copy records of other stores, from other machines say, into the study's own."""
    from ...study import Store

    own = Store(loaded_study(file).store)
    wrong = [
        f"{folder}: no such folder; give the store of a study"
        for folder in stores
        if not folder.is_dir()
    ]
    others = [Store(folder) for folder in stores if folder.is_dir()]
    wrong += [
        f"{other.folder}: holds no store; give the folder that a study names as its store"
        for other in others
        if other.is_new
    ]
    if wrong:
        raise InputError(wrong)
    taken = {str(other.folder): own.merge(other) for other in others}
    print_outcome("Records taken over", taken, json)
    return DONE


def clean(
    file: StudyFile,
    others: Annotated[
        bool, typer.Option("--others", help="Also drop records of other studies and versions.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Also drop failed points, to compute them again.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: AsJson = False,
) -> int:
    """Rewrite the store without damaged records; refuses while a run is at work on it."""
    from ...study import Store
    from ...study.study_run import fingerprints

    loaded = loaded_study(file)
    store = Store(loaded.store)
    if not store.folder.is_dir():
        raise InputError(f"{store.folder}: no such folder; the study has not run")
    own = set(fingerprints(loaded, range(len(loaded))).values()) if others else None
    with store.alone():
        keep = set(store) if own is None else own
        if failed:
            keep = {name for name in keep if store.status(name) != "failed"}
        going = sum(name not in keep for name in store)
        if not yes and not _agreed(
            f"{store.folder}: drop {going} records and {len(store.damaged)} damaged lines?"
        ):
            say("nothing was changed")
            return DONE
        dropped = store.compact(keep)
    print_outcome("Store", {"records": len(store), "dropped": dropped}, json)
    return DONE


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError(f"{question} Nobody can answer here; give --yes")
    return typer.confirm(question, err=True)


def fields(
    file: StudyFile,
    point: Annotated[int, typer.Option(metavar="N", help="Number of the point, as in the table.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="NumPy archive, or for ParaView: .vtu the meridian plane, .vts an arc.",
        ),
    ] = Path("fields.npz"),
    json: AsJson = False,
) -> int:
    """Solve one point again and write the fields of its modes."""
    import io

    import numpy as np

    from ...study.records.disk import write_whole
    from ...workflow.study_point import fields_of_point, modes_of_point

    loaded = loaded_study(file)
    if not 0 <= point < len(loaded):
        raise InputError(f"--point {point}: the study has points 0 to {len(loaded) - 1}")
    design, folder = loaded.design_at(loaded.point(point)), loaded.folder.resolve()
    if out.suffix in (".vtu", ".vts"):
        from ...visualise.three_d.vtk_file import save_vtk

        found = modes_of_point(design, folder)
        save_vtk(found.modes, out)
        labels = [mode.label for mode in found.modes]
    else:
        arrays = fields_of_point(design, folder)
        content = io.BytesIO()
        np.savez_compressed(content, **arrays)
        write_whole(out, content.getvalue())
        labels = sorted({name.rsplit("/", 1)[0] for name in arrays})
    print_outcome(f"Fields of point {point}", {"file": str(out), "modes": ", ".join(labels)}, json)
    return DONE


def slurm(
    file: StudyFile,
    shards: Annotated[int, typer.Option(metavar="N", help="Number of jobs.")] = 16,
    workers: Workers = 1,
    time: Annotated[str, typer.Option(help="Limit of each job.")] = "04:00:00",
    partition: Annotated[str, typer.Option(help="SLURM partition.")] = "",
) -> int:
    """Print the script of a SLURM job array over the study."""
    from ...study.executors.slurm import slurm_script

    loaded = loaded_study(file)
    folder, count = str(file.resolve().parent), worker_count(workers)
    print(slurm_script(folder, file.name, loaded.name, shards, count, time, partition), end="")
    return DONE


def with_store_commands(app: typer.Typer) -> typer.Typer:
    """The commands of a study, with these."""
    for command in (verify, merge, clean, fields, slurm):
        app.command()(reported(command))
    return app
