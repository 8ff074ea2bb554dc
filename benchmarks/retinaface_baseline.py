"""RetinaFace ResNet-50 with random weights, to measure its time where its weights cannot be downloaded.

retina-face's own PyTorch definition of the network is exported to ONNX, with the inputs and outputs that its
onnx backend expects. torch is needed for that once: it is installed in a temporary environment, and the file
is cached in ~/.cache/trombine-benchmarks. The classifier is set so that it never detects a face.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import types
import venv
from pathlib import Path

CACHE = Path("~/.cache/trombine-benchmarks").expanduser()
FILE = CACHE / "retinaface_resnet50_random_1.onnx"
REQUIREMENTS = ("torch==2.13.0", "onnx==1.23.2", "numpy==2.4.6")
NO_FACE = 20.0
"""The logit at every anchor: this for "background", minus this for "face"."""


def random_network() -> Path:
    """Return the exported file, and create it when it is not in the cache."""
    if FILE.is_file():
        return FILE
    definition = importlib.util.find_spec("retinaface")
    if definition is None or definition.origin is None:
        sys.exit("retina-face is not installed.")
    source = Path(definition.origin).parent / "model" / "retinaface_pth_model.py"
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trombine-torch-") as folder:
        print("Installing torch in a temporary environment …", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        print("Exporting RetinaFace ResNet-50 with random weights …", file=sys.stderr, flush=True)
        part = FILE.with_suffix(".part")
        subprocess.run([python, __file__, str(source), str(part)], check=True, stdout=subprocess.DEVNULL)
        part.replace(FILE)
    return FILE


def _definition(source: Path) -> types.ModuleType:
    """Import retina-face's module alone, with a stub for the downloader that it needs from its package."""
    for name in ("retinaface", "retinaface.commons", "retinaface.commons.weight_utils"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["retinaface.commons"].weight_utils = sys.modules["retinaface.commons.weight_utils"]
    spec = importlib.util.spec_from_file_location("definition", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def export(source: Path, target: Path) -> None:
    """Export the network that `source` defines to `target`; needs torch."""
    import torch

    torch.manual_seed(0)
    network = _definition(source).RetinaFace().eval()
    strides = (32, 16, 8)
    for stride in strides:
        classifier = getattr(network, f"face_rpn_stride{stride}").cls_score
        torch.nn.init.zeros_(classifier.weight)
        classifier.bias.data.copy_(torch.tensor([NO_FACE, NO_FACE, -NO_FACE, -NO_FACE]))
    outputs = [
        f"{kind}_stride{stride}" for stride in strides for kind in ("cls_prob", "bbox_pred", "landmark_pred")
    ]
    axes = {name: {0: "n", 1: f"{name}_height", 2: f"{name}_width"} for name in ("data", *outputs)}
    with torch.no_grad():
        torch.onnx.export(
            network,
            (torch.zeros(1, 640, 640, 3),),
            str(target),
            input_names=["data"],
            output_names=outputs,
            dynamic_axes=axes,
            dynamo=False,
        )


def main() -> None:
    """Export in the throw-away environment; called by `random_network`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="retinaface_pth_model.py")
    parser.add_argument("target", type=Path, help="the ONNX file to write")
    options = parser.parse_args()
    export(options.source, options.target)


if __name__ == "__main__":
    main()
