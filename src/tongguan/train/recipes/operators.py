"""What a model may compute: read by the guard without a runtime."""

from __future__ import annotations

# fmt: off
OPERATORS = frozenset((
    "Abs", "Add", "And", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Clip", "Concat", "Constant",
    "Conv", "ConvTranspose", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp", "Expand", "Flatten",
    "Floor", "Gather", "GatherElements", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater",
    "GreaterOrEqual", "GroupNormalization", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization",
    "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log", "LSTM", "LogSoftmax", "MatMul", "Max", "MaxPool",
    "Min", "Mish", "Mul", "Neg", "Not", "Or", "Pad", "Pow", "PRelu", "Reciprocal", "ReduceMax", "ReduceMean",
    "ReduceMin", "ReduceSum", "Relu", "Reshape", "Resize", "Shape", "Sigmoid", "Sign", "Slice", "Softmax",
    "Softplus", "Softsign", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "TopK", "Transpose", "Unsqueeze",
    "Where",
))
# fmt: on
"""Plain computation without loops, branches, files or code, and without operators that only make data larger: what
recipes here and exporters elsewhere produce."""
ENCODER_OPERATORS = OPERATORS | {"ConstantOfShape", "Cos", "CumSum", "Sin"}
"""What a language model inside a graph needs besides: places of tokens as angles or counted, and the shape that heads
which share keys are expanded to."""
