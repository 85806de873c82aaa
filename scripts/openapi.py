"""Prints the OpenAPI document of the API, without starting anything."""

import sys

import orjson

from tongguan.api.app import schema

sys.stdout.buffer.write(orjson.dumps(schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
