"""Damaged files of every kind through the command: refused in clear lines or harmless; never a
wrong answer, never a traceback.

A seeded part of `benchmarks/fuzz_command.py`, which tries every damage of every kind through the
installed command.
"""

import functools
import random
from collections import Counter
from pathlib import Path

import pytest
from damaged_inputs import Kind, all_kinds, damages_of, inside, outcome, sound_answer

OF_A_KIND, OF_A_SECTION = 9, 2


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> list[Kind]:
    """Those that this machine can read."""
    return list(all_kinds(tmp_path_factory.mktemp("sound")))


def test_damaged_files(kinds: list[Kind], tmp_path: Path) -> None:
    """About a hundred files; sections are few, as each takes a process of gmsh."""
    seen: Counter[str] = Counter()
    wrong = []
    for number, kind in enumerate(kinds):
        rng = random.Random(number)
        answer = functools.cache(
            functools.partial(sound_answer, kind, tmp_path / f"sound{number}", inside)
        )
        count = OF_A_SECTION if kind.name.startswith("ball") else OF_A_KIND
        for damage in rng.sample(damages_of(kind), min(count, len(damages_of(kind)))):
            told = outcome(
                kind,
                answer,
                tmp_path / f"{number}{damage.__name__}",
                damage(rng, kind.sound),
                inside,
            )
            seen[told.partition(":")[0]] += 1
            if told not in ("refused", "right"):
                wrong.append(f"{kind.name}, {damage.__name__}: {told}")
    print(seen)
    assert not wrong, "\n".join(wrong)
    assert seen["refused"] > 0.6 * seen.total() and seen["right"] > 0


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("outline.csv", "huge_number", "outline.csv: "),
        ("glass.toml", "columns_swapped", "glass.toml: "),
        ("peaks.csv", "wavelengths_in_um", "must be 100 to 100000 nm (units?)"),
        ("ball22a.msh", "in_millimetres", "are the lengths in um?"),
        ("ball22a.msh", "no_area", "ball22a.msh: "),
        ("ball.geo", "crossing_curves", "ball.geo: "),
    ],
)
def test_damage_is_named(
    kinds: list[Kind], name: str, damage: str, words: str, tmp_path: Path
) -> None:
    """What was once accepted, or crashed, or is most likely in practice."""
    from damaged_inputs import placed

    kind = next((kind for kind in kinds if kind.name == name), None)
    if kind is None:
        pytest.skip("gmsh cannot be loaded")
    of_kind = next(one for one in damages_of(kind) if one.__name__ == damage)
    code, _, err = inside(
        placed(kind, tmp_path, of_kind(random.Random(f"{name} {damage} 0"), kind.sound))
    )
    assert code == 2 and words in err, err


def test_lost_names_leave_the_answer_or_are_told(kinds: list[Kind], tmp_path: Path) -> None:
    """Of two regions without names the inner one is the body: the answer is the sound file's."""
    kind = next((kind for kind in kinds if kind.name == "ball22a.msh"), None)
    if kind is None:
        pytest.skip("gmsh cannot be loaded")
    lost = next(one for one in damages_of(kind) if one.__name__ == "names_lost")
    answer = functools.partial(sound_answer, kind, tmp_path / "sound", inside)
    damaged = lost(random.Random("ball22a.msh names_lost 0"), kind.sound)
    assert outcome(kind, answer, tmp_path / "lost", damaged, inside) in ("right", "refused")
