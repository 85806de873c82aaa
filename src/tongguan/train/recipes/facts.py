"""What a model needs besides its computation (a vocabulary, a filter bank's settings), kept inside the model's file.

So one file holds all of a model and one hash covers it: ONNX has a table of texts beside the graph.
"""

from __future__ import annotations

import json
from typing import Any

from tongguan.train.recipes.base import ModelRefused

KEY = "tongguan"


def facts_of(session: Any) -> dict[str, Any]:
    """The facts inside an opened model. Raises ModelRefused where there are none."""
    text = session.get_modelmeta().custom_metadata_map.get(KEY, "")
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise ModelRefused("model_foreign", "the model lacks the facts that its recipe writes into it")
    return facts
