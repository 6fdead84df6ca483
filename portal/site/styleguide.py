"""`/styleguide/`: every component in every state, for development only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint
from wtforms import (
    BooleanField,
    FileField,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from portal.content.annex.annexes import Annex
from portal.domain.editions import Step
from portal.domain.list_tables import ListTable
from portal.domain.states import State
from portal.domain.window import Extension, WindowState, publicity_window
from portal.domain.workdays import SHANGHAI
from portal.site.page_contexts import StyleguideContext
from portal.site.shown import (
    DownloadCard,
    DownloadFile,
    NoticeLine,
    RevisionLine,
    WindowBox,
)
from portal.site.stages import PlaceWindow, StepLine
from portal.web.form_base import errors_of
from portal.web.page import Crumb, PageHead

if TYPE_CHECKING:
    from flask import Response

    from portal.domain.window import PublicityWindow
    from portal.site.views import Views

_DAY = datetime(2026, 2, 9, 9, 0, tzinfo=SHANGHAI)
_TEXTS = {
    State.PUBLISHED: "",
    State.SCHEDULED: "2月11日起公示",
    State.OPEN: "公示至2月24日",
}


class SampleForm(Form):  # type: ignore[misc]  # no types are published
    """Each kind of control, each with an error when nothing is given."""

    class Meta:
        """WTForms' own messages in Chinese."""

        locales = ("zh",)

    name = StringField("姓名", [InputRequired("请填写姓名")])
    kind = RadioField(
        "身份",
        [InputRequired("请选择身份")],
        choices=[SelectChoice("person", "个人"), SelectChoice("unit", "单位")],
    )
    grounds = SelectMultipleField(
        "理由",
        [InputRequired("请选择理由")],
        choices=[SelectChoice("facts", "材料不实"), SelectChoice("other", "其他")],
    )
    county = SelectField(
        "区县",
        choices=[
            SelectChoice("", "请选择"),
            SelectChoice("east", "东区"),
            SelectChoice("west", "西区"),
        ],
    )
    reason = TextAreaField("事实和理由", [InputRequired("请填写事实和理由")])
    evidence = FileField("证据文件")
    agreed = BooleanField("已阅读告知书", [InputRequired("请先阅读告知书")])


def _lines() -> tuple[NoticeLine, ...]:
    return tuple(
        NoticeLine(
            path="/notices/",
            title="东区推荐名单公示",
            kind="区公示",
            place="东区",
            published=_DAY + timedelta(days=number),
            state=state,
            state_text=_TEXTS.get(state, state.label),
            demonstration=state is State.OPEN,
            moments=None,
        )
        for number, state in enumerate(State)
    )


def _counties() -> tuple[PlaceWindow, ...]:
    shown = [PlaceWindow(line.place, line, "2026年2月11日至2月24日") for line in _lines()[1:]]
    return (*shown, PlaceWindow("西区", None, ""))


def _steps() -> tuple[StepLine, ...]:
    names = ("自愿申报", "提名推荐", "审查受理", "材料评审", "陈述答辩", "现场审核", "审议表决")
    marks = ("done", "current")
    return tuple(
        StepLine(Step(i, name, "", ""), marks[i - 1] if i <= len(marks) else "")
        for i, name in enumerate((*names, "社会公示", "表彰"), start=1)
    )


def _box(window: PublicityWindow) -> WindowBox:
    return WindowBox(
        state=State.OPEN,
        phase=WindowState.OPEN,
        state_text="公示至2月25日",
        range_text="2026年2月11日至2月25日",
        moments=None,
        words=window.words,
        rule=window.full_rule,
        extensions=("延长1个工作日：暴雪停止办公",),
    )


def _card() -> DownloadCard:
    annex = Annex(
        slug="sample",
        title="组织申报表",
        number="附件",
        short="组织申报表",
        purpose="组织申报时填写。",
        filled_by="申报组织",
        version="2",
        date=date(2026, 2, 9),
        changes="增加一栏。",
    )
    file = DownloadFile("Word", "/downloads/", "组织申报表.docx", "32 KB", "0123456789abcdef" * 4)
    return DownloadCard(annex, (file,), ((annex, (file,)),))


_TABLE = ListTable(
    caption="名单，共2项",
    header=("类别", "名称", "统一社会信用代码", "工作单位和职务"),
    labels=("类别", "名称", "信用代码", "单位职务"),
    rows=(
        ("组织", "示例机械制造有限公司", "91000000MA00002015", ""),
        ("专家学者", "赵六", "", "示例研究院研究员"),
    ),
    name_column=1,
    numbers=(1, 2),
)
_REVISIONS = (
    RevisionLine(2, _DAY, "更正一处单位名称", "/notices/", "名单公示", True, "/notices/"),
    RevisionLine(1, _DAY, "首次发布", "/notices/", "名单公示", is_current=False),
)


def make_blueprint(views: Views) -> Blueprint:
    """`/styleguide/`."""
    blueprint = Blueprint("styleguide", __name__)

    @blueprint.get("/styleguide/")
    def styleguide() -> Response:
        catalogue = views.catalogue()
        window = publicity_window(
            date(2026, 2, 11), 5, catalogue.calendar, extensions=[Extension(1, "暴雪停止办公")]
        )
        empty, filled = SampleForm(), SampleForm()
        filled.validate()
        page = PageHead(title="组件", crumbs=(Crumb("首页", "/"), Crumb("组件")), error=True)
        return views.page(
            StyleguideContext(
                page=page,
                form=empty,
                failed=filled,
                errors=errors_of(filled),
                lines=_lines(),
                counties=_counties(),
                steps=_steps(),
                box=_box(window),
                calendar=views.calendar(window),
                table=_TABLE,
                card=_card(),
                revisions=_REVISIONS,
                office=catalogue.site.main_office,
            )
        )

    return blueprint
