"""How far a model in a lower precision is from itself in fp32, on real images with the real weights."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from albumen.core.arrays import Floats
from albumen.core.errors import ModelError, NotFound
from albumen.models.card import Card, Drift
from albumen.models.prepare import prepare
from albumen.models.runtimes import Plan, Runtime, Tensor, open_runtime
from albumen.models.runtimes.openvino import OpenVino, capabilities
from albumen.models.store import ModelStore


def measure(
    store: ModelStore,
    card: Card,
    inputs: Sequence[Tensor],
    *,
    precision: Literal["bf16", "int8", "fp16"],
    against: Card | None = None,
    file_name: str | None = None,
) -> Drift:
    """Run every input in both precisions and return the cosine between the outputs.

    bf16 is a way to run the same file; int8 and fp16 are in the file, so the fp32 card to compare with must be named.
    """
    path = _file(store, card, file_name)
    if against:
        low, high = open_runtime(path, card), open_runtime(_file(store, against, file_name), against)
    elif precision != "bf16":
        raise ModelError(f"{precision} is in a model's file, so name the fp32 model to compare {card.name} with")
    elif "BF16" not in capabilities():
        raise ModelError(
            f"this processor does not compute in bf16, so the drift of {card.name} cannot be measured here"
        )
    else:
        low, high = OpenVino(path, Plan(precision="bf16")), OpenVino(path, Plan())
    found = cosines(low, high, inputs)
    return Drift(precision=precision, mean=float(found.mean()), worst=float(found.min()), images=len(found))


def cosines(low: Runtime, high: Runtime, inputs: Iterable[Tensor]) -> Floats:
    """Return for each input the cosine between all outputs of the one model and of the other, (n,)."""
    return np.array([_cosine(_flat(low, x), _flat(high, x)) for x in inputs], np.float32)


def load_inputs(folder: Path, card: Card) -> list[Tensor]:
    """Read the folder's JPEG and PNG images as inputs for the card's model."""
    if card.input is None:
        raise ModelError(f"the card {card.name} does not say how an image becomes its input")
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not paths:
        raise NotFound(f"there are no JPEG or PNG images in {folder}; name a folder that has some")
    read = (cv2.imread(str(p), cv2.IMREAD_COLOR) for p in paths)
    return [prepare(np.asarray(i[..., ::-1], np.uint8), card.input) for i in read if i is not None]


def write(card_file: Path, drift: Drift) -> None:
    """Put the measurement into the card's TOML, in the place of an earlier one of the same precision."""
    blocks = re.split(r"(?m)^(?=\[)", card_file.read_text("utf-8"))
    earlier = f'precision = "{drift.precision}"'
    kept = [b.rstrip() for b in blocks if not (b.startswith("[[drift]]") and earlier in b)]
    new = f"[[drift]]\n{earlier}\nmean = {drift.mean:.6f}\nworst = {drift.worst:.6f}\nimages = {drift.images}"
    card_file.write_text("\n\n".join([*kept, new]) + "\n", "utf-8")


def _file(store: ModelStore, card: Card, name: str | None) -> Path:
    paths = store.ensure(card)
    if name:
        return paths[card.file(name).name]
    runnable = [p for p in paths.values() if p.suffix in {".onnx", ".tflite", ".xml"}]
    if not runnable:
        raise ModelError(f"model {card.name} has no ONNX, TFLite or IR file")
    return runnable[0]


def _flat(runtime: Runtime, x: Tensor) -> Floats:
    found = runtime.run({"": x})
    return np.concatenate([found[name].ravel().astype(np.float32) for name in sorted(found)])


def _cosine(a: Floats, b: Floats) -> float:
    if a.shape != b.shape:
        raise ModelError(f"the models do not give the same outputs: {a.size} numbers and {b.size}")
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / norm if norm else float((a == b).all())
