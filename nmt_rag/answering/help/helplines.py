"""The numbers to call, from one file that people keep (`helplines.toml`), and which of them a question is shown.

Whether one is shown at all is `nmt_rag.answering.help.need`'s to say, and who asks `nmt_rag.answering.help.askers`'.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from nmt_rag.answering.help.askers import Asker
from nmt_rag.answering.help.need import Need

_SHOWN: dict[Asker | None, tuple[str, ...]] = {
    None: ("alarm", "women", "men", "trans", "children", "police"),
    "foreign": ("alarm", "women", "men", "trans", "children", "police"),
    "professional": ("alarm", "professionals", "women", "police"),
    "parent": ("alarm", "parents", "children", "women", "police"),
    "child": ("alarm", "children", "women", "police"),
    "man": ("alarm", "men", "children", "police"),
    "woman": ("alarm", "women", "children", "police"),
    "ill": ("alarm", "care"),
    "partner": ("alarm", "men", "women", "children", "police"),
    "trans": ("alarm", "trans", "children", "police"),
    "sells": ("alarm", "sells", "women", "men", "trans", "children", "police"),
    "hits": ("alarm", "hits", "police"),
}
"""The lines for each asker, in their order; who is not told gets one for everybody."""
_OWN: dict[Asker, str] = {"child": "children", "man": "men", "woman": "women", "trans": "trans", "sells": "sells"}
"""The line of somebody who tells of themselves: who tells two such things at once is shown both."""
_LIFE = ("alarm", "suicide", "children", "care")


@dataclass(frozen=True, slots=True)
class Helpline:
    """One number: who answers, whom it is for, when, where that was read, and when it was last compared."""

    number: str
    name: Mapping[str, str]
    whom: Mapping[str, str]
    hours: Mapping[str, str]
    source: str
    checked: date

    @property
    def digits(self) -> str:
        """The number as a telephone dials it."""
        return "".join(filter(str.isdecimal, self.number))


@cache
def lines() -> Mapping[str, Helpline]:
    """Return every number by its short name, in the order of the file."""
    text = resources.files("nmt_rag.answering.help").joinpath("helplines.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return {name: Helpline(**{**row, "number": row["number"].replace(" ", "\u00a0")}) for name, row in read.items()}


def shown(need: Need, told: Sequence[Asker]) -> tuple[Helpline, ...]:
    """Return the numbers for a need, those of who asks first; ``told`` is what the words tell, from `askers`."""
    first = told[0] if told else None
    names = _SHOWN[first]
    if need == "life":
        names = (*_LIFE, "parents") if "parent" in told else _LIFE
    if need != "life" and first in _OWN:
        own = [_OWN[one] for one in told if one in _OWN]
        rest = (name for name in names[1:] if name not in own and not (name == "women" and "men" in own))
        names = (names[0], *own, *rest)
    return tuple(lines()[name] for name in names)


def checked() -> date:
    """Return the day on which the number that was compared longest ago was compared."""
    return min(line.checked for line in lines().values())
