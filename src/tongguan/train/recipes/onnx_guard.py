"""Looking at a model file before a runtime opens it: only known computation, everything inside the file.

ONNX is protocol buffers. This reads just enough of the wire format (numbers of fields as in onnx.proto3) to list the
operators and to find references to other files, without the `onnx` package, which serving does not install.
"""

from __future__ import annotations

from collections.abc import Iterator

from tongguan.train.recipes.base import ModelRefused

_MODEL_GRAPH, _MODEL_FUNCTIONS = 7, 25
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_OPERATOR, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_TENSOR_EXTERNAL, _TENSOR_LOCATION = 13, 14
_DOMAINS = (b"", b"ai.onnx")
MOST_NODES = 20_000


def check_onnx(content: bytes, operators: frozenset[str]) -> None:
    """Raises ModelRefused where the file is no ONNX model, refers to other files, brings its own functions or nested
    graphs (loops), or uses an operator outside `operators`."""
    graphs = [value for number, value in _fields(content) if number == _MODEL_GRAPH and isinstance(value, memoryview)]
    if len(graphs) != 1:
        raise ModelRefused("model_broken", "the file is not an ONNX model (it has no graph)")
    if any(number == _MODEL_FUNCTIONS for number, _ in _fields(content)):
        raise ModelRefused("model_foreign", "the model brings functions of its own")
    nodes = 0
    for number, value in _fields(graphs[0]):
        if number == _GRAPH_INITIALIZER and isinstance(value, memoryview):
            _check_tensor(value)
        elif number == _GRAPH_SPARSE:
            raise ModelRefused("model_foreign", "the model holds sparse tensors")
        elif number == _GRAPH_NODE and isinstance(value, memoryview):
            nodes += 1
            _check_node(value, operators)
    if not 0 < nodes <= MOST_NODES:
        raise ModelRefused("model_broken", f"the model has {nodes} operations; from 1 to {MOST_NODES} are allowed")


def _check_node(node: memoryview, operators: frozenset[str]) -> None:
    operator = b""
    for number, value in _fields(node):
        if not isinstance(value, memoryview):
            continue
        if number == _NODE_OPERATOR:
            operator = bytes(value)
        elif number == _NODE_DOMAIN and bytes(value) not in _DOMAINS:
            raise ModelRefused("model_foreign", f"the model uses operators of {bytes(value)[:80]!r}")
        elif number == _NODE_ATTRIBUTE:
            _check_attribute(value)
    name = operator.decode("utf-8", "replace")[:80]
    if name not in operators:
        raise ModelRefused("model_foreign", f"the model uses the operator {name!r}, which the recipe never exports")


def _check_attribute(attribute: memoryview) -> None:
    for number, value in _fields(attribute):
        if number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
            raise ModelRefused("model_foreign", "the model holds a graph inside a graph (a loop or a branch)")
        if number in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS) and isinstance(value, memoryview):
            _check_tensor(value)


def _check_tensor(tensor: memoryview) -> None:
    for number, value in _fields(tensor):
        if number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value != 0):
            raise ModelRefused("model_foreign", "the model refers to data in another file")


def _fields(message: bytes | memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(number, value) of each field: an int for varint and fixed fields, the bytes for length-delimited ones."""
    view = memoryview(message)
    at = 0
    while at < len(view):
        key, at = _varint(view, at)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise ModelRefused("model_broken", "the file is not an ONNX model")
        if wire == 0:
            value, at = _varint(view, at)
            yield number, value
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
            yield number, 0
        elif wire == 2:
            length, at = _varint(view, at)
            if at + length > len(view):
                raise ModelRefused("model_broken", "the model file ends early")
            yield number, view[at : at + length]
            at += length
        else:
            raise ModelRefused("model_broken", "the file is not an ONNX model")
    if at != len(view):
        raise ModelRefused("model_broken", "the model file ends early")


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(view) or shift > 63:
            raise ModelRefused("model_broken", "the model file ends early or is damaged")
        byte = view[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if not byte & 0x80:
            return value, at
        shift += 7
