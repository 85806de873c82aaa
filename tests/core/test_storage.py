"""The byte store on a folder, in memory and on S3 (moto's server): one behaviour."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from obstore.exceptions import GenericError

from tongguan.core.settings import Settings, load_settings
from tongguan.core.storage import Storage, memory_storage, open_storage, open_store, tree


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def s3_settings(address: str, folder: Path) -> Settings:
    return load_settings(
        data_dir=folder,
        storage_url="s3://plates/here",
        s3_endpoint=address,
        s3_access_key="a",
        s3_secret_key="b",
    )


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A byte store of each kind, empty."""
    if request.param == "memory":
        return memory_storage()
    if request.param == "folder":
        return open_storage(load_settings(data_dir=tmp_path))
    address = request.getfixturevalue("s3")
    make_bucket(address)
    opened = open_storage(s3_settings(address, tmp_path))
    for found in list(opened.list("")):
        opened.delete(found.key)
    return opened


def make_bucket(address: str) -> None:
    import boto3  # noqa: PLC0415 (comes with moto; only this test needs it)

    client = boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    client.create_bucket(Bucket="plates")


def test_what_is_put_is_read_whole_in_ranges_and_by_seeking(store: Storage) -> None:
    data = bytes(range(256)) * 9000
    store.put("o/assets/ab/abc", io.BytesIO(data))
    assert store.read("o/assets/ab/abc") == data
    assert b"".join(store.stream("o/assets/ab/abc", 1000, 1_500_000)) == data[1000:1_500_000]
    with store.open("o/assets/ab/abc") as reader:
        reader.seek(-10, io.SEEK_END)
        assert reader.read() == data[-10:]
    assert store.size("o/assets/ab/abc") == len(data)


def test_absent_objects(store: Storage) -> None:
    assert store.head("nothing") is None
    store.delete("nothing")
    with pytest.raises(FileNotFoundError):
        store.read("nothing")


def test_listing_by_prefix_and_deleting(store: Storage) -> None:
    for key in ("o1/a", "o1/b/c", "o2/a"):
        store.put(key, b"x")
    assert sorted(found.key for found in store.list("o1")) == ["o1/a", "o1/b/c"]
    store.delete("o1/a")
    assert [found.key for found in store.list("o1")] == ["o1/b/c"]


def test_bytes_are_put_whole_and_under_the_names_of_the_store_alone(tmp_path: Path) -> None:
    store = open_storage(load_settings(data_dir=tmp_path))
    store.put("o/new/folder/a", b"1")
    store.put("o/new/folder/a", b"22")
    assert store.read("o/new/folder/a") == b"22"
    (tmp_path / "files" / "o" / "new" / "folder" / "a#12").write_bytes(b"half")  # what a killed process leaves
    assert [found.key for found in store.list("o")] == ["o/new/folder/a"]
    for key in ("o/../a", "o/./a", "o/a#1"):
        with pytest.raises((ValueError, OSError, GenericError)):
            store.put(key, b"x")
    assert [found.key for found in store.list("")] == ["o/new/folder/a"]


def test_a_tree_lists_a_prefix_and_stays_below_the_import_roots(tmp_path: Path) -> None:
    inside = tmp_path / "import" / "plates"
    inside.mkdir(parents=True)
    (inside / "a.jpg").write_bytes(b"1")
    settings = load_settings(data_dir=tmp_path)
    found = tree(inside.as_uri(), settings)
    assert (found.list(), found.size("a.jpg"), found.open("a.jpg").read()) == (["a.jpg"], 1, b"1")
    with pytest.raises(PermissionError):
        tree("file:///etc", settings)


def test_other_schemes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="file:// or s3://"):
        open_store("ftp://somewhere", load_settings(data_dir=tmp_path))
