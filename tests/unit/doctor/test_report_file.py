"""Where a report is put, and what stands in its way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from print_agent.doctor.report_file import NotWritten, ReportFile


def test_a_report_is_whole_and_its_owners_alone(tmp_path: Path):
    path = tmp_path / "report.md"
    before = os.umask(0)
    try:
        ReportFile(path).write("héllo\n")
    finally:
        os.umask(before)
    assert path.read_text("utf-8") == "héllo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["report.md"]


def test_a_report_that_is_there_is_kept(tmp_path: Path):
    path = tmp_path / "report.md"
    path.write_text("the first")
    with pytest.raises(NotWritten) as refused:
        ReportFile(path).write("the second")
    assert refused.value.detail == (
        f"{path} is there already: give another name, or --force to replace it"
    )
    assert path.read_text() == "the first"


def test_a_report_that_is_there_is_replaced_on_demand(tmp_path: Path):
    path = tmp_path / "report.md"
    path.write_text("the first")
    path.chmod(0o644)
    ReportFile(path, replace=True).write("the second")
    assert path.read_text() == "the second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_replaced_and_what_it_leads_to_is_kept(tmp_path: Path):
    (tmp_path / "precious").write_text("precious")
    path = tmp_path / "report.md"
    path.symlink_to("precious")
    ReportFile(path, replace=True).write("report")
    assert (tmp_path / "precious").read_text() == "precious"
    assert not path.is_symlink()


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(NotWritten) as refused:
        ReportFile(tmp_path, replace=True).check()
    assert refused.value.detail == f"{tmp_path} is a folder: give the name of a file in it"


@pytest.mark.parametrize("replace", [False, True])
def test_what_is_no_ordinary_file_is_left_alone(tmp_path: Path, replace: bool):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "report.md"
    link.symlink_to("/dev/null")
    for path in (pipe, link, Path("/dev/null")):
        with pytest.raises(NotWritten) as refused:
            ReportFile(path, replace).write("report")
        assert refused.value.detail == (
            f"{path} is no ordinary file: give another name, or --report - for the standard output"
        )
    assert sorted(os.listdir(tmp_path)) == ["pipe", "report.md"]
    assert link.is_symlink()


@pytest.mark.parametrize("replace", [False, True])
def test_a_link_that_leads_nowhere_is_left_alone(tmp_path: Path, replace: bool):
    link = tmp_path / "report.md"
    link.symlink_to("nowhere")
    with pytest.raises(NotWritten, match="is a link that leads nowhere: give another name"):
        ReportFile(link, replace).write("report")
    assert link.is_symlink()
    assert os.listdir(tmp_path) == ["report.md"]


def test_a_path_that_cannot_be_looked_at_is_told_with_what_to_do(tmp_path: Path):
    link = tmp_path / "report.md"
    link.symlink_to(link)
    with pytest.raises(NotWritten, match=r"levels of symbolic links\. Give a file where"):
        ReportFile(link).check()


def test_a_folder_that_is_not_there_is_told_with_what_to_do(tmp_path: Path):
    path = tmp_path / "nowhere" / "report.md"
    with pytest.raises(NotWritten) as refused:
        ReportFile(path).write("report")
    assert refused.value.detail == (
        f"cannot write {path}: No such file or directory. Give a file where you may write, such "
        "as --report /tmp/report.md, or --report - for the standard output"
    )


def test_a_disk_that_fills_up_leaves_nothing_behind_and_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "report.md"
    path.write_text("the first")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        ReportFile(path, replace=True).write("the second")
    assert path.read_text() == "the first"
    assert os.listdir(tmp_path) == ["report.md"]
