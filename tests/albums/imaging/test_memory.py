"""Freed memory stays with the process on request, and goes back to the system when it is released."""

import subprocess
import sys

import pytest

PAGES = """
import resource
import sys

import numpy as np

from albums.imaging import memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        np.empty(20 * 2**20, np.uint8).fill(1)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) // 5

memory.retain_memory()
faults()
retained = faults()
memory.release_memory()
np.empty(1, np.uint8)
resident = int(open("/proc/self/statm").read().split()[1])
faults()
print(retained, int(open("/proc/self/statm").read().split()[1]) - resident)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone retains and returns memory so")
def test_retained_memory_costs_no_new_pages_until_it_is_released() -> None:
    done = subprocess.run([sys.executable, "-c", PAGES], check=True, capture_output=True, text=True)
    faults, grown = map(int, done.stdout.split())
    assert faults < 50  # of 5,120 pages
    assert grown > 4000  # what was released is not with the process until it is allocated again
