"""Trees: folders and archives give the same files, and nothing gets out of them."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.catalog.samples import fill
from tongguan.catalog.formats import archive
from tongguan.catalog.formats.archive import DamagedMember
from tongguan.catalog.formats.base import ReadError
from tongguan.catalog.formats.paths import safe_path, side_of_folders, side_of_stem
from tongguan.catalog.formats.sink import FolderSink, ZipSink
from tongguan.catalog.formats.tree import ArchiveTree, FileTree, FolderTree, open_tree

FILES = {"b/one.txt": b"1", "a.txt": b"22", "图/二.txt": b"333"}


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packer:
        for name, data in files.items():
            packer.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as packer:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packer.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
def test_every_tree_gives_the_same_files(kind: str, tmp_path: Path) -> None:
    if kind == "folder":
        source = fill(tmp_path / "data", FILES)
    elif kind == "zip":
        source = zipped(tmp_path / "data.zip", FILES)
    else:
        modes = {"tar": "w", "tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}
        source = tarred(tmp_path / f"data.{kind}", FILES, modes[kind])
    tree = open_tree(source)
    assert tree.list() == sorted(FILES)
    for name, data in FILES.items():
        assert tree.size(name) == len(data)
        with tree.open(name) as stream:
            assert stream.read() == data
            stream.seek(0)
            assert stream.read(1) == data[:1]
    with pytest.raises(FileNotFoundError):
        tree.open("absent.txt")
    with pytest.raises(FileNotFoundError):
        tree.size("absent.txt")
    tree.close()


def test_one_file_is_a_tree(tmp_path: Path) -> None:
    tree = open_tree(fill(tmp_path, {"a.json": b"{}"}) / "a.json")
    assert isinstance(tree, FileTree)
    assert tree.list() == ["a.json"]
    assert tree.size("a.json") == 2
    with pytest.raises(FileNotFoundError):
        tree.open("../a.json")
    with pytest.raises(FileNotFoundError):
        tree.size("b.json")


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="nowhere: no such file"):
        open_tree(tmp_path / "nowhere")
    with pytest.raises(ReadError, match="not a folder"):
        FolderTree(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["data.zip", "data.tar", "data.tar.gz", "data.tar.xz"])
@pytest.mark.parametrize("content", [b"", b"this is no archive at all", b"PK\x03\x04 broken", b"\x1f\x8b broken"])
def test_broken_archives_are_named(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    if name == "data.tar" and content == b"":
        return
    with pytest.raises(ReadError, match=f"{name}: not a readable"):
        ArchiveTree(tmp_path / name)


def test_a_cut_zip_is_named(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", {"a.bin": os.urandom(5000)}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:3000])
    with pytest.raises(ReadError, match=r"cut\.zip"):
        ArchiveTree(tmp_path / "cut.zip")


def test_a_damaged_member_is_an_os_error_and_the_others_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"good.bin": b"g" * 1000, "bad.bin": b"b" * 1000}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"b" * 100) + 50] = ord("X")
    path.write_bytes(bytes(data))
    tree = ArchiveTree(path)
    with tree.open("good.bin") as stream:
        assert len(stream.read()) == 1000
    with pytest.raises(DamagedMember, match=r"bad\.bin"), tree.open("bad.bin") as stream:
        stream.read()


HOSTILE = ["../up.txt", "/etc/abs.txt", "a/../../up.txt", "C:\\win.txt", "..\\up.txt", "a/\x07bell.txt"]


@pytest.mark.parametrize("name", HOSTILE)
def test_members_that_leave_the_archive_are_left_out_and_listed(name: str, tmp_path: Path) -> None:
    for tree in (
        ArchiveTree(zipped(tmp_path / "a.zip", {name: b"x", "good.txt": b"y"})),
        ArchiveTree(tarred(tmp_path / "a.tar", {name: b"x", "good.txt": b"y"})),
    ):
        assert tree.list() == ["good.txt"]
        assert len(tree.skipped) == 1
        assert "path" in tree.skipped[0][1]


def test_links_in_archives_are_left_out(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as packer:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"special{kind.decode()}")
            info.type = kind
            info.linkname = "/etc/passwd"
            packer.addfile(info)
    tree = ArchiveTree(tmp_path / "a.tar")
    assert tree.list() == []
    assert len(tree.skipped) == 4
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipper:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipper.writestr(link, "/etc/passwd")
    assert ArchiveTree(tmp_path / "a.zip").skipped == [("link", "a link")]


def test_links_out_of_a_folder_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, {"secret.txt": b"s", "data/a.txt": b"a"})
    data = tmp_path / "data"
    (data / "out.txt").symlink_to(tmp_path / "secret.txt")
    (data / "inside.txt").symlink_to(data / "a.txt")
    (data / "loop").symlink_to(data / "loop")
    (data / "up").symlink_to(tmp_path)
    tree = FolderTree(data)
    assert tree.list() == ["a.txt", "inside.txt"]
    assert {name for name, _ in tree.skipped} == {"out.txt", "loop", "up"}
    for path in ("../secret.txt", "/etc/passwd", "out.txt"):
        with pytest.raises(FileNotFoundError):
            tree.open(path)


def test_two_members_of_one_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packer:
        packer.writestr("a.txt", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            packer.writestr("a.txt", b"second")
    tree = ArchiveTree(tmp_path / "a.zip")
    assert tree.skipped == [("a.txt", "a second member of this name")]
    with tree.open("a.txt") as stream:
        assert stream.read() == b"first"


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz"])
def test_decompression_bombs_are_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_MATTERS_ABOVE", 2**20)
    zeros = b"\x00" * (8 * 2**20)
    if kind == "zip":
        path = zipped(tmp_path / "bomb.zip", {"a.bin": zeros})
    else:
        path = tarred(tmp_path / f"bomb.{kind}", {"a.bin": zeros}, "w:gz" if kind.endswith("gz") else "w:xz")
    with pytest.raises(ReadError, match="decompression bomb"):
        ArchiveTree(path)


def test_chinese_names_of_zips_from_windows(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"XXXXXX.txt": b"x"})
    raw = "钢板图".encode("gbk")
    path.write_bytes(path.read_bytes().replace(b"XXXXXX", raw))
    assert ArchiveTree(path).list() == ["钢板图.txt"]


def test_junk_is_not_listed(tmp_path: Path) -> None:
    files = {"a.jpg": b"", "__MACOSX/._a.jpg": b"", ".DS_Store": b"", "x/Thumbs.db": b"", ".git/config": b""}
    assert FolderTree(fill(tmp_path / "f", files)).list() == ["a.jpg"]
    assert ArchiveTree(zipped(tmp_path / "a.zip", files)).list() == ["a.jpg"]


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("a/b.txt", "a/b.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("a\\b.txt", "a/b.txt"),
        ("a/..b/c..txt", "a/..b/c..txt"),
        ("../a", None),
        ("a/..", None),
        ("/a", None),
        ("D:/a", None),
        ("", None),
        (".", None),
        ("a\nb", None),
        ("a" * 2000, None),
    ],
)
def test_safe_paths(path: str, clean: str | None) -> None:
    assert safe_path(path) == clean


@pytest.mark.parametrize(
    ("stem", "side"),
    [
        ("instances_train2017", "train"),
        ("instances_val", "kept"),
        ("instances_test", "test"),
        ("instances_line", "line"),
        ("valid", "kept"),
        ("dev_annotations", "kept"),
        ("instances", None),
        ("online", None),
        ("contest", None),
    ],
)
def test_sides_of_names(stem: str, side: str | None) -> None:
    found = side_of_stem(stem)
    assert (found[0] if found else None) == side


def test_sides_of_folders() -> None:
    assert side_of_folders("images/train/a.jpg") == "train"
    assert side_of_folders("valid/images/a.jpg") == "kept"
    assert side_of_folders("train/a.jpg") == "train"
    assert side_of_folders("trainer/a.jpg") is None
    assert side_of_folders("train.jpg") is None


def test_sinks_write_what_trees_read(tmp_path: Path) -> None:
    folder = FolderSink(tmp_path / "out")
    packed = ZipSink(tmp_path / "out.zip")
    for sink in (folder, packed):
        for name, data in FILES.items():
            sink.write(name, iter((data[:1], data[1:])))
        for hostile in ("../up.txt", "/abs.txt"):
            with pytest.raises(ValueError, match="not a path inside"):
                sink.write(hostile, (b"x",))
        sink.close()
        assert sink.files == len(FILES)
    for tree in (open_tree(tmp_path / "out"), open_tree(tmp_path / "out.zip")):
        assert tree.list() == sorted(FILES)
    assert not (tmp_path / "up.txt").exists()


def test_a_broken_source_leaves_no_half_file(tmp_path: Path) -> None:
    def chunks() -> object:
        yield b"half"
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        FolderSink(tmp_path).write("a.bin", chunks())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
