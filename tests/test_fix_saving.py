"""Files that fixes write: replaced as a whole or not at all, and the same file afterwards but for its content."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kafkalint.fixing import saving
from kafkalint.fixing.saving import File, SaveError, replace_file, replace_files, save

OLD, NEW = b"replicas: 1\n" * 1000, b"replicas: 3\n" * 1000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kafka.yaml"
    path.write_bytes(OLD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced(file: Path) -> None:
    replace_file(str(file), NEW, OLD)
    assert file.read_bytes() == NEW
    assert names(file.parent) == ["kafka.yaml"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664, 0o4755, 0o2750, 0o1777, 0o200])
def test_its_mode_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace_file(str(file), NEW, OLD)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_its_owner_stays(file: Path) -> None:
    os.chown(file, 12345, 23456)
    replace_file(str(file), NEW, OLD)
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456)


def test_who_may_not_give_it_back_to_its_owner_does_not_lend_its_rights(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    real = file.stat()
    file.chmod(0o6755)
    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((*real[:4], real.st_uid + 1, *real[5:])))
    replace_file(str(file), NEW, OLD)
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert file.read_bytes() == NEW


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_its_attributes_stay(file: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError:
        pytest.skip("no extended attributes on this filesystem")
    replace_file(str(file), NEW, OLD)
    assert os.getxattr(file, "user.note") == b"kept"


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    link = tmp_path / "else" / "link.yaml"
    link.symlink_to("../kafka.yaml")
    replace_file(str(link), NEW, OLD)
    assert link.readlink() == Path("../kafka.yaml")
    assert file.read_bytes() == NEW
    assert names(tmp_path) == ["else", "kafka.yaml"]
    assert names(link.parent) == ["link.yaml"]


def test_a_name_without_folder_is_in_this_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    replace_file("kafka.yaml", NEW, OLD)
    replace_file("new.yaml", NEW, None)
    assert file.read_bytes() == Path("new.yaml").read_bytes() == NEW


def test_a_file_that_somebody_changed_is_left_alone(file: Path) -> None:
    file.write_bytes(b"theirs")
    with pytest.raises(SaveError, match="changed by somebody else meanwhile"):
        replace_file(str(file), NEW, OLD)
    assert file.read_bytes() == b"theirs"
    assert names(file.parent) == ["kafka.yaml"]


def test_a_file_that_somebody_changes_while_the_new_one_is_written_is_left_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        fsync(handle)
        file.write_bytes(b"theirs")

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(SaveError, match="meanwhile"):
        replace_file(str(file), NEW, OLD)
    assert file.read_bytes() == b"theirs"
    assert names(file.parent) == ["kafka.yaml"]


def test_a_file_that_is_gone_does_not_come_back(file: Path) -> None:
    file.unlink()
    with pytest.raises(SaveError, match=r"kafka\.yaml cannot be written: No such file"):
        replace_file(str(file), NEW, OLD)
    assert names(file.parent) == []


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o555])
def test_a_read_only_file_is_left_alone(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SaveError, match="read-only"):
        replace_file(str(file), NEW, OLD)
    assert file.read_bytes() == OLD
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SaveError, match="no regular file"):
        replace_file(str(tmp_path / "pipe"), NEW, OLD)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_may_not_be_written_to_is_an_error(file: Path) -> None:
    file.parent.chmod(0o555)
    try:
        with pytest.raises(SaveError, match="Permission denied"):
            replace_file(str(file), NEW, OLD)
    finally:
        file.parent.chmod(0o755)
    assert file.read_bytes() == OLD


def test_a_folder_in_which_nothing_can_be_made_is_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(SaveError, match=r"kafka\.yaml cannot be written: Permission denied"):
        replace_file(str(file), NEW, OLD)
    assert file.read_bytes() == OLD


@pytest.mark.parametrize("name", ["fsync", "fdopen", "replace", "fchmod", "stat"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_whatever_fails_the_old_file_is_there_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, name, fail)
        with pytest.raises((SaveError, KeyboardInterrupt)):
            replace_file(str(file), NEW, OLD)
    assert file.read_bytes() == OLD
    assert names(file.parent) == ["kafka.yaml"]


def test_a_folder_that_cannot_be_forced_to_the_disk_is_no_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", lambda path, flags, *mode: refuse() if Path(path).is_dir() else 0)
    saving._sync_folder(str(file))


def test_a_new_file_gets_the_mode_of_new_files(tmp_path: Path) -> None:
    was = os.umask(0o027)
    try:
        replace_file(str(tmp_path / "new.yaml"), NEW, None)
    finally:
        os.umask(was)
    assert (tmp_path / "new.yaml").read_bytes() == NEW
    assert stat.S_IMODE((tmp_path / "new.yaml").stat().st_mode) == 0o640
    assert names(tmp_path) == ["new.yaml"]


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_takes_nobodys_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    path = tmp_path / "new.yaml"
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        fsync(handle)
        path.write_bytes(b"theirs")

    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError(1, "no links here")))
    monkeypatch.setattr(os, "fsync", meanwhile)
    for _ in range(2):
        with pytest.raises(SaveError, match="is there already"):
            replace_file(str(path), NEW, None)
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["new.yaml"]


def test_a_new_file_can_do_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError(1, "no links here")))
    replace_file(str(tmp_path / "new.yaml"), NEW, None)
    assert (tmp_path / "new.yaml").read_bytes() == NEW
    assert names(tmp_path) == ["new.yaml"]


def test_a_link_into_nowhere_is_no_free_name(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").symlink_to("nowhere")
    with pytest.raises(SaveError, match="is there already"):
        replace_file(str(tmp_path / "new.yaml"), NEW, None)
    assert names(tmp_path) == ["new.yaml"]


LOOP = """
import sys
import tempfile
from kafkalint.fixing.saving import replace_file
path, old, new = sys.argv[1], b"a" * 2_000_000, b"b" * 2_000_000
print("ready", flush=True)
while True:
    replace_file(path, new, old)
    old, new = new, old
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing kills like SIGKILL here")
def test_a_process_that_is_killed_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "kafka.yaml"
    whole = {b"a" * 2_000_000, b"b" * 2_000_000}
    for round_ in range(6):
        path.write_bytes(b"a" * 2_000_000)
        with subprocess.Popen([sys.executable, "-c", LOOP, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            try:
                process.wait(0.003 * (round_ * 3 + 1))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in whole


def test_a_report_takes_the_place_of_what_was_there(tmp_path):
    target, link = tmp_path / "there", tmp_path / "link"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    for path in (target, link, tmp_path / "new"):
        save(str(path), b"after")
        assert path.read_bytes() == b"after"
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "new", "there"]


def test_a_report_that_cannot_be_written_leaves_what_was_there(tmp_path, monkeypatch):
    target = tmp_path / "there"
    target.write_text("before")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(saving.os, "fsync", full)
    with pytest.raises(SaveError, match="there cannot be written: No space left on device"):
        save(str(target), b"after")
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_is_mounted_is_written_to(tmp_path, monkeypatch, number):
    target = tmp_path / "there"
    target.write_text("before")

    def mounted(source, there):
        raise OSError(number, "")

    monkeypatch.setattr(saving.os, "replace", mounted)
    save(str(target), b"after")
    assert target.read_text() == "after"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_takes_no_other_file_is_no_hindrance(tmp_path, monkeypatch):
    target = tmp_path / "there"
    target.write_text("before")

    def refused(*arguments, **more):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    save(str(target), b"after")
    assert target.read_text() == "after"


def test_pipes_devices_and_what_is_open_are_written_to(tmp_path):
    reading, writing = os.pipe()
    save(f"/dev/fd/{writing}", b"one ")
    save("/dev/null", b"lost")
    os.mkfifo(tmp_path / "fifo")
    fifo = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    save(str(tmp_path / "fifo"), b"two")
    assert os.read(fifo, 100) == b"two"
    with (tmp_path / "log").open("wb", buffering=0) as log:
        log.write(b"before ")
        save(f"/dev/fd/{log.fileno()}", b"between ")
        log.write(b"after")
    assert (tmp_path / "log").read_text() == "before between after"
    assert os.read(reading, 100) == b"one "
    for handle in (fifo, reading, writing):
        os.close(handle)


def test_whoever_is_stopped_between_two_files_has_changed_none(tmp_path, monkeypatch):
    files = [File(str(tmp_path / name), b"after", b"before") for name in "ab"]
    for file in files:
        Path(file.path).write_bytes(b"before")
    real = saving.replace_file

    def stopped(path, data, was):
        if path.endswith("b"):
            raise KeyboardInterrupt
        real(path, data, was)

    monkeypatch.setattr(saving, "replace_file", stopped)
    with pytest.raises(KeyboardInterrupt):
        replace_files(files)
    assert [Path(file.path).read_bytes() for file in files] == [b"before", b"before"]
