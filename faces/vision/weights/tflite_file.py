"""Read a TensorFlow Lite file as data: its layers and arrays, with `flatbuffers` alone.

The numbers of the fields are those of TensorFlow Lite's published schema, version 3.
"""

import struct
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from flatbuffers import number_types
from flatbuffers.table import Table
from numpy.typing import NDArray

from faces.vision.errors import ModelDamaged

IDENTIFIER = b"TFL3"
KINDS = {0: "ADD", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 17: "MAX_POOL_2D", 34: "PAD", 54: "PRELU"}
"""The kinds of layers that are known, by their number in the schema."""
TYPES: dict[int, type[np.generic]] = {0: np.float32, 2: np.int32}


@dataclass(frozen=True, slots=True)
class Value:
    """A value between layers. constant: the array, if it is stored in the file."""

    name: str
    shape: tuple[int, ...]
    constant: NDArray[Any] | None


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer. inputs, outputs: indexes of values. options: its settings by field number, 0 if not stored."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """The first graph of a file, its layers in the order of their computation."""

    values: tuple[Value, ...]
    layers: tuple[Layer, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


BYTE, INT32 = number_types.Int8Flags, number_types.Int32Flags
FIELDS: dict[str, tuple[Any, ...]] = {
    # padding, stride across and down, activation, dilation across and down
    "CONV_2D": (BYTE, INT32, INT32, BYTE, INT32, INT32),
    # padding, stride across and down, multiplier of the depth, activation, dilation across and down
    "DEPTHWISE_CONV_2D": (BYTE, INT32, INT32, INT32, BYTE, INT32, INT32),
    # padding, stride across and down, window across and down, activation
    "MAX_POOL_2D": (BYTE, INT32, INT32, INT32, INT32, BYTE),
    "ADD": (BYTE,),
}
"""Types of the settings of each kind; the comments name them in their order."""


class _Record:
    """A table of the flatbuffer; fields are numbered as in the schema."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def _position(self, field: int) -> int:
        return int(self._table.Offset(4 + 2 * field))

    def number(self, field: int, flags: Any) -> int:
        position = self._position(field)
        return int(self._table.Get(flags, self._table.Pos + position)) if position else 0

    def text(self, field: int) -> str:
        position = self._position(field)
        return self._table.String(self._table.Pos + position).decode() if position else ""

    def array(self, field: int, dtype: type[np.generic]) -> NDArray[Any]:
        position = self._position(field)
        if not position:
            return np.zeros(0, dtype)
        start, count = self._table.Vector(position), self._table.VectorLen(position)
        return np.frombuffer(self._table.Bytes, dtype, count, start)

    def record(self, field: int) -> "_Record | None":
        position = self._position(field)
        return self._at(self._table.Pos + position) if position else None

    def records(self, field: int) -> list["_Record"]:
        position = self._position(field)
        if not position:
            return []
        start, count = self._table.Vector(position), self._table.VectorLen(position)
        return [self._at(start + 4 * index) for index in range(count)]

    def _at(self, place: int) -> "_Record":
        return _Record(Table(self._table.Bytes, self._table.Indirect(place)))


def read_tflite(content: bytes, *, name: str) -> Network:
    """Return the network in a .tflite file of plain float layers. name: of the model, for errors.

    Raises ModelDamaged for a file of another kind, a broken one, and one with an unknown layer or type.
    """
    if content[4:8] != IDENTIFIER:
        raise ModelDamaged(name, "it is not a TensorFlow Lite file")
    try:
        return _network(content, name)
    except (struct.error, ValueError, IndexError, TypeError, UnicodeDecodeError, OverflowError) as error:
        raise ModelDamaged(name, f"its flatbuffer is broken ({error})") from error


def _network(content: bytes, name: str) -> Network:
    data = bytearray(content)
    root = flatbuffers.encode.Get(number_types.UOffsetTFlags.packer_type, data, 0)
    model = _Record(Table(data, root))
    # The number of a kind is in a byte in old files, in a longer field in new ones; the other is 0.
    codes = [max(code.number(0, BYTE), code.number(3, INT32)) for code in model.records(1)]
    graph = model.records(2)[0]
    values = tuple(_value(record, model.records(4), name) for record in graph.records(0))
    layers = tuple(_layer(record, codes, name) for record in graph.records(3))
    return Network(values, layers, _indexes(graph, 1), _indexes(graph, 2))


def _value(record: _Record, buffers: list[_Record], name: str) -> Value:
    called = record.text(3)
    shape = tuple(int(length) for length in record.array(0, np.int32))
    stored = buffers[record.number(2, number_types.Uint32Flags)].array(0, np.uint8)
    if not stored.size:
        return Value(called, shape, None)
    number = record.number(1, BYTE)
    if number not in TYPES:
        raise ModelDamaged(name, f"the array {called} is of the unknown type {number}")
    return Value(called, shape, np.frombuffer(stored.tobytes(), TYPES[number]).reshape(shape))


def _layer(record: _Record, codes: list[int], name: str) -> Layer:
    code = codes[record.number(0, number_types.Uint32Flags)]
    if code not in KINDS:
        raise ModelDamaged(name, f"a layer is of the unknown kind {code}")
    kind, options = KINDS[code], record.record(4)
    fields = FIELDS.get(kind, ())
    numbers = [options.number(field, flags) if options else 0 for field, flags in enumerate(fields)]
    return Layer(kind, _indexes(record, 1), _indexes(record, 2), tuple(numbers))


def _indexes(record: _Record, field: int) -> tuple[int, ...]:
    return tuple(int(index) for index in record.array(field, np.int32))
