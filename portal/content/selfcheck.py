"""Self-check (自查): the conditions as questions, read from content/self-check.yml.

The file's head describes the format. Every answer is a link, so the pages need neither script nor
memory: `addresses` lists them all, and `target` says where an answer leads.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.domain.identifiers import SLUG

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portal.errors import Issue

TONES = ("good", "unmet", "stop")
"""How an outcome looks: nothing found, a condition not met, an exclusion."""

_NEXT = "next"
_PASS = "pass"  # noqa: S105 - the id of an outcome, not a password


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `to` is "next" or the slug of an outcome."""

    label: str
    to: str


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """One question; `quote` holds the policy text's own words, paragraph by paragraph."""

    slug: str
    question: str
    source: str
    link: str
    quote: tuple[str, ...]
    help: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class CheckPath:
    """The questions for an organization or for one individual category, and its form."""

    slug: str
    label: str
    hint: str
    annex: str
    form: str
    questions: tuple[CheckQuestion, ...]

    def number(self, question: str) -> int:
        """Position of a question, from 1; KeyError where the path does not ask it."""
        for number, asked in enumerate(self.questions, 1):
            if asked.slug == question:
                return number
        raise KeyError(question)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a path may end."""

    slug: str
    tone: str
    title: str
    text: str

    def text_for(self, path: CheckPath) -> str:
        """The Markdown text with the path's form filled in."""
        return self.text.replace("{annex}", path.annex).replace("{form}", path.form)


@dataclass(frozen=True)
class SelfCheck:
    """The whole self-check."""

    title: str
    intro: str
    caution: str
    paths: Mapping[str, CheckPath]
    outcomes: Mapping[str, Outcome]
    digest: str = ""

    def target(self, path: CheckPath, question: str, answer: Answer) -> str:
        """Address below the first page that an answer leads to."""
        number = path.number(question)
        if answer.to == _NEXT and number < len(path.questions):
            return f"{path.slug}/{path.questions[number].slug}/"
        return f"{path.slug}/result/{_PASS if answer.to == _NEXT else answer.to}/"

    def addresses(self) -> tuple[str, ...]:
        """Every address below the first page, itself ("") included, in reading order."""
        found = dict.fromkeys([""])
        for path in self.paths.values():
            found |= dict.fromkeys(f"{path.slug}/{asked.slug}/" for asked in path.questions)
            for asked in path.questions:
                found |= dict.fromkeys(self.target(path, asked.slug, a) for a in asked.answers)
        return tuple(found)


def read_self_check(folder: Path) -> tuple[SelfCheck | None, tuple[Issue, ...]]:
    """The self-check of a content folder; None where it has none or where it is faulty."""
    file = folder / "self-check.yml"
    if not file.is_file():
        return None, ()
    faults = Faults(str(file))
    data = file.read_bytes()
    # A build that shows a self-check read earlier has no use for YAML.
    from portal.content.files.frontmatter import decode, read_yaml

    text = decode(data, faults)
    found = read_yaml(text, faults) if text is not None else None
    if found is None:
        return None, tuple(faults.issues)
    values, places = found
    if not isinstance(values, dict):
        faults.add("F004", "应为“键: 值”的形式", "格式见文件开头的说明")
        return None, tuple(faults.issues)
    check = _check(Fields(values, places, faults), hashlib.sha256(data).hexdigest())
    return (None if faults.fatal else check), tuple(faults.issues)


def _check(fields: Fields, digest: str) -> SelfCheck:
    outcomes = {item.slug: item for item in map(_outcome, fields.tables("outcomes"))}
    if _PASS not in outcomes:
        fields.wrong("outcomes", "缺少 pass", "写明一项不符合也没有选到时的结果")
    questions = {
        item.slug: item for item in (_question(f, outcomes) for f in fields.tables("questions"))
    }
    paths = {item.slug: item for item in (_path(f, questions) for f in fields.tables("paths"))}
    if not paths:
        fields.wrong("paths", "至少要有一条", "格式见文件开头的说明")
    check = SelfCheck(
        title=fields.text("title", required=True),
        intro=fields.text("intro", required=True),
        caution=fields.text("caution", required=True),
        paths=paths,
        outcomes=outcomes,
        digest=digest,
    )
    fields.done()
    return check


def _slug(fields: Fields) -> str:
    slug = fields.text("id", required=True)
    if slug and not SLUG.fullmatch(slug):
        fields.wrong("id", "只能用小写字母、数字和连字符", "如 three-years")
    return slug


def _outcome(fields: Fields) -> Outcome:
    outcome = Outcome(
        slug=_slug(fields),
        tone=fields.text("tone", required=True),
        title=fields.text("title", required=True),
        text=fields.text("text", required=True),
    )
    fields.done()
    if outcome.tone and outcome.tone not in TONES:
        fields.wrong("tone", "的值不认识", f"可选：{'、'.join(TONES)}")
    return outcome


def _question(fields: Fields, outcomes: Mapping[str, Outcome]) -> CheckQuestion:
    question = CheckQuestion(
        slug=_slug(fields),
        question=fields.text("question", required=True),
        source=fields.text("source", required=True),
        link=fields.text("link", required=True),
        quote=fields.texts("quote", required=True),
        help=fields.text("help"),
        answers=tuple(_answer(item, outcomes) for item in fields.tables("answers")),
    )
    fields.done()
    if not any(answer.to == _NEXT for answer in question.answers):
        fields.wrong("answers", "没有通向下一题的回答", "至少一个回答写 to: next")
    return question


def _answer(fields: Fields, outcomes: Mapping[str, Outcome]) -> Answer:
    answer = Answer(fields.text("label", required=True), fields.text("to", required=True))
    fields.done()
    if answer.to and answer.to != _NEXT and answer.to not in outcomes:
        fields.wrong("to", f"指向不存在的“{answer.to}”", f"可选：next、{'、'.join(outcomes)}")
    return answer


def _path(fields: Fields, questions: Mapping[str, CheckQuestion]) -> CheckPath:
    asked = fields.texts("questions", required=True)
    for missing in (slug for slug in asked if slug not in questions):
        fields.wrong("questions", f"中没有“{missing}”这一题", "写 questions 中的 id")
    path = CheckPath(
        slug=_slug(fields),
        label=fields.text("label", required=True),
        hint=fields.text("hint", required=True),
        annex=fields.text("annex", required=True),
        form=fields.text("form", required=True),
        questions=tuple(questions[slug] for slug in asked if slug in questions),
    )
    fields.done()
    return path
