"""The benchmarks that run without a person: their usual arguments, and those of their smallest sample."""

from __future__ import annotations

from dataclasses import dataclass

ALBUM, HARD_ALBUM, LIBRARY, NEW = "ALBUM", "HARD_ALBUM", "LIBRARY", "NEW"
"""Placeholders: an album with its truth, one whose faces are hard to recognise, a data folder of
create_library.py, and a path that does not exist."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The arguments of a script.

    smallest: for a run of seconds, whose figures mean nothing. usual: for the figures of the README.
    """

    smallest: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()


BENCHMARKS: dict[str, Benchmark] = {
    "api_latency": Benchmark((LIBRARY, "--seconds", ".2", "--rounds", "1", "--depth", "100"), (LIBRARY,)),
    "attributes": Benchmark(),
    "backup_restore": Benchmark(("--photos", "20", "--side", "160")),
    "close_ups": Benchmark(("--people", "1", "--timed", "2")),
    "cluster_quality": Benchmark((ALBUM,), (ALBUM, HARD_ALBUM)),
    "clustering_accuracy": Benchmark((ALBUM,), (ALBUM, HARD_ALBUM)),
    "clustering_speed": Benchmark(("--sizes", "500", "--dense-to", "500")),
    "collages": Benchmark(("--smallest",)),
    "create_library": Benchmark((NEW, "--photos", "60", "--people", "5"), (NEW,)),
    "detection": Benchmark(("--sample", "2", "--detectors", "yunet")),
    "end_to_end_accuracy": Benchmark((ALBUM,), (ALBUM, HARD_ALBUM)),
    "erasure": Benchmark(("--smallest",)),
    "fuzzing": Benchmark(("--smallest",)),
    "gallery": Benchmark(("--faces", "500", "--others", "100", "--queries", "2", "--side", "320")),
    "gallery_naming": Benchmark(("--people", "3", "--each", "3")),
    "generated_client": Benchmark(),
    "growing_people": Benchmark(("--smallest",)),
    "hostile_pictures": Benchmark(("--smallest",)),
    "import_speed": Benchmark(("--photos", "3", "--sample", "1"), ("--sample", "5")),
    "incremental_clustering": Benchmark((ALBUM, "--photos", "6"), (ALBUM,)),
    "load": Benchmark((LIBRARY, "--smallest"), (LIBRARY,)),
    "lookalike_search": Benchmark(("--faces", "2000", "--owners", "1000", "500", "--queries", "3")),
    "many_photos": Benchmark(("--smallest",), (LIBRARY,)),
    "morph": Benchmark(("--pairs", "2", "--repeat", "1")),
    "outages": Benchmark(("--smallest",), ("--seconds", "20")),
    "page_latency": Benchmark((LIBRARY,), (LIBRARY,)),
    "panoramas": Benchmark(("--smallest",), ("--pictures", "3")),
    "picture_children": Benchmark(("--smallest",)),
    "reindex_safety": Benchmark((ALBUM,), (ALBUM,)),
    "review_latency": Benchmark(("--photos", "300", "--people", "10", "--questions", "3")),
    "review_order": Benchmark(("--smallest",)),
    "similar_photos": Benchmark(("--smallest",)),
    "slow_clients": Benchmark(("--smallest",)),
    "style": Benchmark(("--styles", "0")),
    "train_verifier": Benchmark(("--splits", "1")),
    "turned_photos": Benchmark(("--smallest",)),
    "upgrades": Benchmark(("--smallest",)),
    "verification": Benchmark(("--sample", "40", "--embedders", "sface128", "--sets", "lfw")),
}

OTHERS: dict[str, str] = {
    "all": "it runs the others",
    "calibration": "it fits constants of the product; its parts are tested in tests/benchmarks/test_platt",
    "client_journey": "generated_client runs it",
    "deepface_baseline": "import_speed runs it",
    "faults": "it takes an hour and more; tests/faults/test_kills.py runs a part",
    "gatys": "it needs torch, which is optional; tests/albums/services/styling",
    "full_disk": "it needs a small disk of its own, which only root can mount",
    "retinaface_baseline": "it converts a network that only some machines have",
}
"""The other scripts, and the reason why `all.py` does not run them."""
