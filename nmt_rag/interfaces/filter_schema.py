"""The JSON Schema of a filter, for the descriptions of the servers; what it means is `nmt_rag.index.filters`'s."""

from __future__ import annotations

from typing import Any

from nmt_rag.index import MAX_NUMBER_LENGTH, NUMBER_PATTERN, filters

DESCRIPTION = (
    "Only passages whose `actor`, `document_id`, `title`, `url`, `publisher`, `language` or metadata field (one inside "
    "another as `outer.inner`) holds this value, or one of a list; all must hold. Or operators: `$eq`, `$ne`, `$in`, "
    "`$nin`, `$not`, and `$gt`, `$gte`, `$lt`, `$lte` for numbers and ISO dates; around fields `$and`, `$or`, `$not`."
)
EXAMPLES = [{"actor": "Migrationsverket"}, {"year": {"$gte": 2024}, "kommun": ["Lund", "Malmö"]}]

# What is taken for a number or a date (`nmt_rag.index.filters`), as far as a pattern can say it: an hour that lies
# before the year 1 or after 9999 in UTC is refused nevertheless. A year alone is a number.
_FOURTH = "(0[48]|[2468][048]|[13579][26])"
_LEAP_YEAR = f"([0-9]{{2}}{_FOURTH}|{_FOURTH}00)"
_YEAR = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_MONTH = "(0[1-9]|1[0-2])"
_DAYS = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
_DAY = f"({_YEAR}-({_DAYS})|{_LEAP_YEAR}-02-29)"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DATE = rf"({_YEAR}-{_MONTH}|{_DAY}([T ]{_CLOCK}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-]{_CLOCK})?)?)"
_VALUE = {"type": ["string", "number", "boolean"]}
_LIST = {"type": "array", "items": _VALUE, "maxItems": filters.MAX_VALUES}
_DATE_OR_NUMBER = {
    "type": "string",
    "pattern": f"^({_DATE}|{NUMBER_PATTERN})$",
    "maxLength": MAX_NUMBER_LENGTH,
    "examples": ["2024-05-01"],
}
_BOUND = {"anyOf": [{"type": "number"}, _DATE_OR_NUMBER]}
_EQUAL = {
    **dict.fromkeys(("$eq", "$ne"), _VALUE),
    **dict.fromkeys(("$in", "$nin"), _LIST),
}
_COMPARED = dict.fromkeys(("$gt", "$gte", "$lt", "$lte"), _BOUND)


def _operated(operators: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what a field holds, or of operators upon it."""
    plain = {"type": "object", "additionalProperties": False, "minProperties": 1}
    inner = {**plain, "properties": operators}
    return {"anyOf": [_VALUE, _LIST, {**plain, "properties": {**operators, "$not": inner}}]}


def schema(reference: str) -> dict[str, Any]:
    """Return the schema.

    Args:
        reference: by what it refers to itself.
    """
    inner = {"allOf": [{"$ref": reference}], "minProperties": 1}
    several = {"type": "array", "items": inner, "minItems": 1, "maxItems": filters.MAX_CONDITIONS}
    return {
        "type": "object",
        "title": "Filter",
        "description": DESCRIPTION,
        "examples": EXAMPLES,
        "properties": {"$and": several, "$or": several, "$not": inner, "actor": _operated(_EQUAL)},
        "additionalProperties": _operated({**_EQUAL, **_COMPARED}),
        "propertyNames": {"pattern": r"^($|[^$]|\$(and|or|not)$)"},
        "maxProperties": 100,
    }
