"""What scripts must know as Python knows it: one fact has one writer, and scripts are served whole.

A script names a constant, `KNOWN_STATES`; the literal stands in its place in what is served.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from portal.domain.characters import DOTS, FOLDED
from portal.domain.filetypes import HEAD, SCAN_TYPES, TYPES
from portal.domain.form_ways import SEALING_WAYS
from portal.domain.identifiers import CREDIT_ALPHABET
from portal.domain.objection import (
    ADDRESS_LIMIT,
    ENTRIES_LIMIT,
    FACTS_LIMIT,
    FILE_SIZE_LIMIT,
    FILES_LIMIT,
    MESSAGES_LIMIT,
    NAME_LIMIT,
    AnswerKind,
    CaseState,
    FileRole,
    Grounds,
    LookAct,
    MessageKind,
    ObjectorKind,
    Outcome,
)
from portal.domain.objection_rules import (
    EMAIL,
    MOBILE,
    MOBILE_NUMBER,
    PHONE,
    PHONE_STEPS,
    SAY,
    SHORTEST_FACTS,
    WHOLE_LABEL,
    WHOLE_LIST,
)
from portal.domain.receipt_code import ALPHABET, IGNORED, LOOKALIKES
from portal.domain.states import STATES_BY_WEIGHT, State
from portal.search.analysis import MAX_QUERY, UNSEEN
from portal.search.labels import HEADINGS
from portal.search.results import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"\bKNOWN_[A-Z_]+\b")
# The states that a window passes through or leaves behind on a page that is kept.
_KEPT = (State.SCHEDULED, State.OPEN, State.CLOSED, State.CORRECTED, State.REVISED)


def with_constants(script: str) -> str:
    """The script with literals in place of names; KeyError for a constant that nobody defines."""
    return _NAME.sub(lambda name: _literals()[name[0]], script)


@cache
def _literals() -> Mapping[str, str]:
    values = {
        "ADDRESS_LIMIT": ADDRESS_LIMIT,
        "ACTS": {act.value: act.label for act in LookAct},
        "ALIKE": " ".join(key + value for key, value in FOLDED.items() if not _by_itself(key)),
        "ANSWERS": {kind.value: kind.label for kind in AnswerKind},
        "CASES": {state.value: state.label for state in CaseState},
        "CASES_OPEN": [state.value for state in CaseState if state.open],
        "CODE_ALIKE": LOOKALIKES,
        "CODE_ALPHABET": ALPHABET,
        "CODE_IGNORED": "".join(sorted(IGNORED)),
        "CREDIT_ALPHABET": CREDIT_ALPHABET,
        "DOTS": DOTS,
        "EMAIL": EMAIL,
        "ENTRIES_LIMIT": ENTRIES_LIMIT,
        "FACETS": list(HEADINGS),
        "FACTS_LIMIT": FACTS_LIMIT,
        "FILES_LIMIT": FILES_LIMIT,
        "FILE_ROLES": [role.value for role in FileRole],
        "FILE_LIMIT": FILE_SIZE_LIMIT >> 20,
        "GROUNDS": {ground.value: ground.label for ground in Grounds},
        "HEAD": HEAD,
        "HEADINGS": list(HEADINGS.values()),
        "KINDS": {kind.value: kind.label for kind in ObjectorKind},
        "MAX_QUERY": MAX_QUERY,
        "MESSAGES_LIMIT": MESSAGES_LIMIT,
        "MESSAGES": {kind.value: kind.label for kind in MessageKind},
        "MOBILE": MOBILE,
        "MOBILE_NUMBER": MOBILE_NUMBER,
        "NAME_LIMIT": NAME_LIMIT,
        "OUTCOMES": {outcome.value: outcome.label for outcome in Outcome},
        "PAGE_SIZE": PAGE_SIZE,
        "PHONE": PHONE,
        "PHONE_STEPS": PHONE_STEPS,
        "SAY": SAY,
        "SCAN_TYPES": list(SCAN_TYPES),
        "SHORTEST_FACTS": SHORTEST_FACTS,
        "STATES": {state.value: state.label for state in _KEPT},
        "STATES_BY_WEIGHT": [s.value for s in STATES_BY_WEIGHT if s is not State.PUBLISHED],
        "TYPES": {extension: asdict(kind) for extension, kind in TYPES.items()},
        "WAYS": SEALING_WAYS,
        "WHOLE_LABEL": WHOLE_LABEL,
        "WHOLE_LIST": WHOLE_LIST,
    }
    found = {
        name: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for name, value in values.items()
    }
    found["UNSEEN"] = json.dumps(UNSEEN)  # what nobody sees is written as escapes
    return {f"KNOWN_{name}": literal for name, literal in found.items()}


def _by_itself(character: str) -> bool:
    """Whether a browser's own NFKC folds a character as the table does."""
    return unicodedata.normalize("NFKC", character) == FOLDED[character]
