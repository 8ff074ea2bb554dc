"""Functions of pictures run in child processes, which may crash and hang without harm to anybody else."""

import contextlib
import fcntl
import io
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging.copies import jpeg_copy
from albums.imaging.isolation import ChildCrashed, Children, ChildrenBusy, ChildTookTooLong
from albums.imaging.isolation.client import Defect
from albums.imaging.isolation.messages import AnswerRefused, receive_answer
from albums.imaging.model_errors import ModelMissing
from albums.imaging.sessions import open_session
from tests.drawing import encoded, quarters


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("c")


@pytest.fixture(scope="module")
def children(folder: Path) -> Iterator[Children]:
    yield Children(folder, count=2, seconds=20, wait=20)
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.ZombieProcess):
            if "albums.imaging.isolation.child" in process.cmdline():
                process.kill()


def quick(children: Children, *, seconds: float = 0.5, wait: float = 0.3) -> Children:
    return Children(children.folder, count=children.count, seconds=seconds, wait=wait)


def test_a_picture_is_decoded_in_another_process(children: Children) -> None:
    content = encoded(quarters(), "PNG")
    pixels = children.run(imaging.decode, files=[io.BytesIO(content)], max_side=48)
    assert np.array_equal(pixels, imaging.decode(io.BytesIO(content), max_side=48))
    assert children.run(os.getpid) != os.getpid()


def test_a_file_on_disk_is_read_from_its_begin(children: Children, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(encoded(quarters()))
    with path.open("rb") as file:
        file.seek(50)
        copy = children.run(jpeg_copy, files=[file], max_side=48, limits=imaging.DEFAULT_LIMITS)
    assert (copy.width, copy.height) == (48, 32)


def test_a_refusal_comes_back_as_it_is(children: Children) -> None:
    with pytest.raises(ImageRefused) as refused:
        children.run(imaging.probe, files=[io.BytesIO(b"\x89PNG\r\n\x1a\nno")])
    assert refused.value.code == RefusalCode.BROKEN


def test_a_missing_model_comes_back_as_it_is(children: Children, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as missing:
        children.run(open_session, tmp_path / "absent.onnx")
    assert (missing.value.name, missing.value.path) == ("absent", tmp_path / "absent.onnx")


def test_a_defect_shows_its_traceback(children: Children) -> None:
    with pytest.raises(Defect, match="ZeroDivisionError"):
        children.run(divmod, 1, 0)


def test_a_crash_ends_its_function_alone(children: Children) -> None:
    slept: list[float] = []

    def neighbour() -> None:
        children.run(time.sleep, 0.5)
        slept.append(0.5)

    thread = threading.Thread(target=neighbour)
    thread.start()
    time.sleep(0.1)
    with pytest.raises(ChildCrashed):
        children.run(os.abort)
    thread.join()
    assert slept
    assert children.run(len, "next") == 4


def test_a_function_that_takes_too_long_is_ended(children: Children) -> None:
    children.run(len, "")
    began = time.monotonic()
    with pytest.raises(ChildTookTooLong):
        quick(children).run(time.sleep, 60)
    assert time.monotonic() - began < 10
    assert children.run(len, "next") == 4


def test_functions_wait_for_a_free_child_and_only_for_so_long(children: Children) -> None:
    with contextlib.ExitStack() as stack:
        for slot in range(children.count):
            lock = stack.enter_context(children.slot_file(slot, "lock").open("ab"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ChildrenBusy):
            quick(children).run(len, "")
    assert children.run(len, "next") == 4


def test_there_are_never_more_children_than_allowed(children: Children) -> None:
    seen: list[int] = []

    def work() -> None:
        seen.extend(children.run(os.getpid) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(set(seen)) <= children.count


def test_a_killed_child_is_replaced(children: Children) -> None:
    before = children.run(os.getpid)
    os.kill(before, signal.SIGKILL)
    assert children.run(os.getpid) != before


def test_a_child_knows_no_secrets(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROMBINE_SECRET_KEY", "the key")
    monkeypatch.setenv("DATABASE_URL", "postgres://me:password@host/name")
    os.kill(children.run(os.getpid), signal.SIGKILL)
    children.run(len, "")
    found = psutil.Process(children.run(os.getpid)).environ()
    assert not {"TROMBINE_SECRET_KEY", "DATABASE_URL", "TROMBINE_DATA"} & set(found)


STARTER = """
import sys
from pathlib import Path
from albums.imaging.isolation import Children
import os
print(Children(Path(sys.argv[1]), count=1, seconds=20, wait=20).run(os.getpid), flush=True)
os.kill(os.getpid(), 9)
"""


def test_children_end_with_the_process_that_has_started_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTER, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=False
    )
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(10)


class _Hostile:
    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call, self.arguments


@pytest.mark.parametrize(
    "answer",
    [
        _Hostile(os.system, "true"),
        _Hostile(eval, "1"),
        _Hostile(subprocess.Popen, ["true"]),
        _Hostile(open_session, "x"),
        _Hostile(getattr, imaging.DEFAULT_LIMITS, "max_bytes"),
    ],
    ids=lambda answer: answer.call.__name__,
)
def test_an_answer_runs_nothing(answer: _Hostile) -> None:
    here, there = socket.socketpair()
    content = pickle.dumps(("done", answer))
    there.sendall(len(content).to_bytes(8) + content)
    with here, there, pytest.raises(AnswerRefused):
        receive_answer(here)


def test_an_endless_answer_is_refused() -> None:
    here, there = socket.socketpair()
    there.sendall((2**62).to_bytes(8))
    with here, there, pytest.raises(AnswerRefused):
        receive_answer(here)
