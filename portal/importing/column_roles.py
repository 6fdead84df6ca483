"""Column roles: which column is the name, the employer …; what is not certain is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.content.files.workbooks import column_letters
from portal.importing.asking import Choice, option
from portal.importing.headings import Heading, Naming, Role, heading_of, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.importing.inquiry import Inquiry

_OFFERED = (
    *(Role.NAME, Role.EMPLOYER, Role.POSITION, Role.BOTH, Role.CATEGORY, Role.COUNTY, Role.GRADE),
    *(Role.CODE, Role.REMARK, Role.NUMBER, Role.OTHER),
)
_UNUSED = (Role.OTHER, Role.PERSONAL)
_IN_WORDS = {
    Role.NAME: "条目的名称或姓名",
    Role.BOTH: "工作单位和职务写在一起",
    Role.OTHER: "不用，略去这一列",
}

Values = dict[int, list[str]]
"""The cells of each column in the rows of the body."""


@dataclass(slots=True)
class Columns:
    """The roles of a table's columns; `sure` is false as long as a question about them is open.

    `own` has the label of each column that the award defines itself.
    """

    roles: dict[int, Role] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)
    naming: Naming = Naming.ANY
    sure: bool = True

    def column(self, role: Role) -> int:
        """The column of a role, or 0."""
        return next((column for column, one in self.roles.items() if one is role), 0)


class _Assigning:
    def __init__(
        self, inquiry: Inquiry, headings: Mapping[int, str], values: Values, *, people: bool
    ) -> None:
        self.inquiry, self.headings, self.values = inquiry, headings, values
        self.people = people
        self.columns = Columns()
        self.known: dict[int, Heading] = {}
        self.labels = {plain(label): label for label in inquiry.words.terms.columns}

    def assign(self) -> Columns:
        """Roles as far as they are certain; questions for the others."""
        said = {column: role for column in self.values if (role := self._said(column))}
        unknown = []
        for column, cells in self.values.items():
            heading = heading_of(self.headings.get(column, ""))
            if column in said:
                self.columns.roles[column] = said[column]
            elif not any(cells):
                continue
            elif label := self.labels.get(plain(self.headings.get(column, ""))):
                self._own(column, label)
            elif heading is None:
                unknown.append(column)
            else:
                self.known[column] = heading
        self._names(unknown)
        for column in unknown:
            self._ask(column, "不认识这一列的标题")
        for column, heading in self.known.items():
            if column not in self.columns.roles and heading.role is not Role.NAME:
                self._other(column, heading.role)
        return self.columns

    def _said(self, column: int) -> Role | None:
        heading, letters = plain(self.headings.get(column, "")), column_letters(column)
        named = plain(self.inquiry.answer("name-column"))
        if named and named in (heading, letters):
            return Role.NAME
        for key in (letters, f"column:{heading}" if heading else ""):
            answer = self.inquiry.answer(key) if key else ""
            if answer:
                if answer in self.labels.values():
                    self._own(column, answer)
                    return self.columns.roles.get(column)
                try:
                    return Role(answer)
                except ValueError:
                    self._ask(column, f"没有“{answer}”这样的列")
        return None

    def _own(self, column: int, label: str) -> None:
        """A column of the award's own; two under one label must say the same, or are asked."""
        first = next((c for c, known in self.columns.own.items() if known == label), 0)
        if first and self.values[first] != self.values[column]:
            self._ask(column, f"已有“{label}”列")
            return
        self.columns.roles[column] = Role.OTHER if first else Role.OWN
        if not first:
            self.columns.own[column] = label

    def _names(self, unknown: list[int]) -> None:
        """Find the one column of names; a unit beside a person may be either, so it is asked."""
        found = {c: h.naming for c, h in self.known.items() if h.role is Role.NAME}
        units = [c for c, naming in found.items() if naming is Naming.UNIT]
        names = [c for c in found if c not in units]
        employers = any(h.role in (Role.EMPLOYER, Role.BOTH) for h in self.known.values())
        if chosen := self.columns.column(Role.NAME):
            heading = heading_of(self.headings.get(chosen, ""))
            self.columns.naming = heading.naming if heading else Naming.ANY
            for column in found:
                self._ask(column, "已有名称列，这一列是什么")
            return
        if len(names) == 1 and units and self.people and not employers:
            (name,) = names
            if len(units) == 1 and found[name] is Naming.PERSON:
                self.columns.roles[units[0]] = Role.EMPLOYER
                units = []
        one = names if names or employers else units
        if len(one) == 1 and len(one) == len(names) + len(units):
            self.columns.roles[one[0]] = Role.NAME
            self.columns.naming = found[one[0]]
        elif found:
            self._which(list(found))
        elif not unknown:
            self._which([c for c in self.values if any(self.values[c])])

    def _which(self, candidates: list[int]) -> None:
        self.columns.sure = False
        shown = "、".join(f"“{self._title(column)}”" for column in candidates)
        self.inquiry.ask(
            "name-column",
            f"名单的条目是哪一列：{shown}？其余各列再用 --column 说明",
            [
                Choice(
                    self._title(c), f"“{self._title(c)}”列", option("name-column", self._title(c))
                )
                for c in candidates
            ],
        )

    def _other(self, column: int, role: Role) -> None:
        """A role that is no name: the second column of one role must say the same, or is asked."""
        first = self.columns.column(role) if role not in _UNUSED else 0
        if not first:
            self.columns.roles[column] = role
        elif self.values[first] == self.values[column]:
            self.columns.roles[column] = Role.OTHER
            self.inquiry.tell(f"与{column_letters(first)}列相同，只用一列", 0, column)
        else:
            self._ask(column, f"已有“{role.value}”列")

    def _ask(self, column: int, why: str) -> None:
        self.columns.sure = False
        title, letters = self._title(column), column_letters(column)
        examples = "、".join(list(dict.fromkeys(v for v in self.values[column] if v))[:3])
        taken = set(self.columns.roles.values())
        self.inquiry.ask(
            letters,
            f"{why}“{title}”（如：{examples}），这一列是什么？",
            [
                Choice(
                    role.value,
                    _IN_WORDS.get(role, role.value),
                    option("name-column", title)
                    if role is Role.NAME
                    else option("column", f"{title}={role.value}"),
                )
                for role in _OFFERED
                if role not in taken or role in _UNUSED
            ]
            + [
                Choice(label, f"本奖的栏目“{label}”", option("column", f"{title}={label}"))
                for label in self.labels.values()
                if label not in self.columns.own.values()
            ],
            column=column,
        )

    def _title(self, column: int) -> str:
        return plain(self.headings.get(column, "")) or column_letters(column)


def assign(
    inquiry: Inquiry, headings: Mapping[int, str], values: Values, *, people: bool
) -> Columns:
    """The roles of a table's columns. `people` says that the list is known to be of persons."""
    columns = _Assigning(inquiry, headings, values, people=people).assign()
    for column, heading in headings.items():
        role = columns.roles.get(column)
        title = plain(heading)
        if role is Role.OWN:
            if title != plain(columns.own[column]):
                inquiry.tell(f"“{title}”用作“{columns.own[column]}”", 0, column)
        elif role is Role.PERSONAL:
            inquiry.tell(f"“{title}”是个人信息，没有导入", 0, column)
        elif role is Role.OTHER or (role is None and column not in values):
            inquiry.tell(f"略去“{title}”列", 0, column)
        elif role not in (None, Role.NUMBER) and title != role.value:
            inquiry.tell(f"“{title}”用作“{role.value}”", 0, column)
    return columns
