"""Make the JSON schema of a result file from the dataclasses that write it.

    python docs/_ext/result_schema.py

writes `docs/reference/result.schema.json`; a test fails while that file is stale.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from autograder.results import model

FILE = Path(__file__).resolve().parents[1] / "reference" / "result.schema.json"
_PLAIN = {str: "string", float: "number", int: "integer", bool: "boolean", type(None): "null"}


def schema() -> dict[str, Any]:
    """Return the schema. New keys may be added to results, so unknown keys are allowed."""
    definitions: dict[str, Any] = {}
    result = _object(model.Result, definitions)
    result["properties"] = {"schema": {"const": model.SCHEMA}, **result["properties"]}
    result["required"] = ["schema", *result["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The result of one graded submission",
        **result,
        "$defs": definitions,
    }


def text() -> str:
    """Return the schema as the published file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind, localns={"Mapping": Mapping})
    meanings = _attributes(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        properties[field.name] = _type(hints[field.name], definitions)
        if field.name in meanings:
            properties[field.name]["description"] = meanings[field.name]
    return {
        "description": (inspect.getdoc(kind) or "").partition("\n")[0],
        "type": "object",
        "properties": properties,
        "required": [field.name for field in dataclasses.fields(kind) if _is_required(field)],
    }


def _is_required(field: dataclasses.Field[Any]) -> bool:
    """Fields with a default were added later, or are left out when empty."""
    return field.default is field.default_factory is dataclasses.MISSING


def _type(hint: object, definitions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(hint, type) and hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_type(argument, definitions) for argument in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _type(arguments[1], definitions)}
    raise TypeError(f"no JSON type for {hint}")


def _attributes(kind: type) -> dict[str, str]:
    """Return what the `Attributes:` section of a class docstring says of each field."""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    section = section.partition("\n\n")[0]
    entries = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", section, flags=re.MULTILINE)
    return {name: " ".join(meaning.split()) for name, meaning in entries}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
