"""The files that decide what a design is: named ones, and what gmsh scripts include."""

import shutil
from pathlib import Path

import pytest

from cavitydesign.design.files.named_files import files_of_design, included_files
from cavitydesign.errors import InputError
from cavitydesign.study import load_study
from cavitydesign.workflow.study_point import design_schema

MESHES = Path(__file__).parents[3] / "meshes"


def names(paths):
    return [path.name for path in paths]


def test_files_are_found_however_deep():
    design = {
        "cavity": {
            "file": "outline.csv",
            "body": {"file": "body.toml"},
            "coatings": [{"thickness_um": 1.0, "material": {"file": "coat.toml"}}],
            "materials": {"stem": {"file": "body.toml"}, "core": "water"},
        },
        "title": {"file": 3},
    }
    assert names(files_of_design(design, Path("there"))) == [
        "outline.csv",
        "body.toml",
        "coat.toml",
    ]


def test_what_a_script_includes_is_followed_once(tmp_path):
    (tmp_path / "a.geo").write_text(
        'Include "b.geo"; Merge "part.step";\nv() = ShapeFromFile("c.brep");\n'
    )
    (tmp_path / "b.geo").write_text('If (1)\n  Include "a.geo";\nEndIf\n')
    found = files_of_design({"cavity": {"file": "a.geo"}}, tmp_path)
    assert names(found) == ["a.geo", "b.geo", "part.step", "c.brep"]


def test_comments_and_captions_include_nothing(tmp_path):
    script = tmp_path / "a.geo"
    script.write_text(
        '// Include "b.geo";\n/* Merge "c.geo";\n*/ x = {1, Name "Include // coatings"};\nMerge '
        '"http//d.geo";\n'
    )
    assert names(included_files(script)) == ["d.geo"]


def test_a_name_that_is_not_written_out_is_refused(tmp_path):
    script = tmp_path / "a.geo"
    script.write_text('Merge StrCat(folder, "x.geo");\n')
    with pytest.raises(
        InputError, match=r'a\.geo: Merge StrCat\(folder, "x\.geo"\): write the file name in quotes'
    ):
        included_files(script)


def test_a_changed_include_of_a_shipped_section_changes_the_point(tmp_path):
    """bottle.geo includes size_field.geo; a stored result of the one must not pass for the
    other.
    """
    shutil.copytree(MESHES, tmp_path / "meshes", ignore=shutil.ignore_patterns("*.png", "*.py"))
    shutil.copy(MESHES.parent / "studies" / "sections" / "bottle.toml", tmp_path / "bottle.toml")
    text = (tmp_path / "bottle.toml").read_text().replace("../../meshes", "meshes")
    (tmp_path / "bottle.toml").write_text(text)
    (tmp_path / "study.toml").write_text(
        'design = "bottle.toml"\n[axes]\n"cavity.parameters.diameter" = [14.0, 15.0]\n'
    )

    def identities():
        study = load_study(tmp_path / "study.toml", design_schema(checked=False))
        return [study.point_fingerprint(point) for point in study]

    before = identities()
    assert before == identities() and before[0] != before[1]
    size_field = tmp_path / "meshes" / "size_field.geo"
    size_field.write_text(size_field.read_text() + "\n// finer\n")
    assert not set(before) & set(identities())
