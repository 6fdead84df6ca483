"""What of a publication is a notice's own: its text among the notices, its line in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.editorial.placing import Refused, ledger_line, place, put_text, settle_place, target_of
from portal.errors import Issue, RequestError, Severity
from portal.errors import Stage as LintStage
from portal.ledger.chain import refuse_early
from portal.ledger.noted_heads import note_heads, refuse_shortened
from portal.ledger.rotation import refuse_interrupted, refuse_lost_key
from portal.proof.publishing import publish_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.editorial.journal import Job, Journal
    from portal.editorial.publishing_tools import Tools
    from portal.ledger.ledger_lines import LedgerLine

TOLD = 5
"""How many faults are told of many."""


class NoticePublication:
    """One notice on its way; from the ledger's line on there is only forward."""

    def __init__(self, tools: Tools, journal: Journal, job: Job) -> None:
        self._tools, self._journal, self._job = tools, journal, job
        self._known: LedgerLine | None = None

    @property
    def _line(self) -> LedgerLine | None:
        """The line of the text, once there is one: a line that was written stays."""
        self._known = self._known or ledger_line(self._tools.around.notices, self._job)
        return self._known

    @property
    def entered(self) -> bool:
        """Whether the public has it, as far as this machine can say."""
        return self._line is not None

    def put(self) -> None:
        """Make the text with its three names of the draft that was taken."""
        put_text(self._journal, self._job)

    def lint(self) -> str:
        """Refuse a text that is at fault now."""
        if self.entered:
            return ""
        text = self._journal.text(self._job.slug)
        around = self._tools.around.strict(self._tools.key)
        issues = around.lint(text, self._tools.clock(), LintStage.PUBLISH)
        refuse_faults(issues, f"{text}/")
        return ""

    def place(self) -> str:
        """Put it among the notices."""
        if not self.entered:
            place(self._tools.around.notices, self._journal, self._job)
        return ""

    def enter(self) -> str:
        """Write its line into the ledger."""
        tools, ledgers = self._tools, self._tools.ledgers()
        if not self.entered:
            now, key = tools.clock(), tools.held_key()
            refuse_interrupted(tools.key_path)
            refuse_lost_key(tools.key_path, ledgers)
            refuse_shortened(tools.key_path, ledgers)
            refuse_early(ledgers, now)
            folder = target_of(tools.around.notices, self._job.slug).parent
            only = {self._job.slug}
            publish_folder(tools.catalogue(), folder, key, now, only=only, form=tools.form)
            if not self.entered:
                raise RequestError("没有登记上：放入的文本与签发的不同，请检查公告文件夹")
        note_heads(tools.key_path, ledgers)
        settle_place(tools.around.notices, self._job)
        return ""

    def build(self) -> str:
        """Bring the site up to date."""
        return self._tools.build(self._tools.clock())

    def pages(self) -> list[str]:
        """Files of the site by which the public one is compared."""
        line = self._line
        assert line is not None
        page = f"notices/{self._job.slug}"
        files = [f"{page}/{name}" for name in line.outputs]
        there = [name for name in files if (self._tools.site / name).exists()]
        return [f"{page}/index.html", *there]


def refuse_faults(issues: Sequence[Issue], below: str = "") -> None:
    """Refused with the first places, for issues of which some are errors."""
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    if errors:
        told = "；".join(
            f"{issue.path.removeprefix(below)}第{issue.line}行 {issue.code} {issue.message}"
            for issue in errors[:TOLD]
        )
        raise Refused(f"发布前检查发现{len(errors)}处错误：{told}。改正后重新送审")
