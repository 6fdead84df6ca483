"""One designed page for every HTTP error; what went wrong inside is logged, never shown."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.exceptions import HTTPException

from portal.errors import PortalError
from portal.web.context import Context, render
from portal.web.page import Crumb, PageHead
from portal.web.troubles import machine_trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from portal.domain.places import Office


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What a reader is told about an error, and what to do about it."""

    title: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ErrorContext(Context):
    """Any address with an error; `office` is whom to reach, named by the static site's pages."""

    template = "error.html"

    code: int
    text: ErrorText
    office: Office | None


NOT_FOUND = ErrorText(
    "没有找到这个页面",
    "您要看的页面不存在，或者地址有误。",
    "请核对地址是否完整；也可以从首页或公告列表重新查找，或搜索单位、姓名、文号。",
)
TEXTS = {
    400: ErrorText("请求有误", "服务器没有看懂这次请求，未作任何处理。", "请返回上一页重新操作。"),
    403: ErrorText("无权查看", "您没有查看这个页面的权限。", "如确需查看，请与主办单位联系。"),
    404: NOT_FOUND,
    405: ErrorText(
        "不能这样打开", "这个地址不接受这种操作方式，未作任何处理。", "请从首页重新进入相应页面。"
    ),
    410: ErrorText(
        "内容已撤下", "您要看的内容已由主办单位撤下。", "撤下的原因见公告列表中的撤回说明。"
    ),
    413: ErrorText(
        "提交的内容过大",
        "文件总量超过了允许的上限，这次提交没有被接收。",
        "请返回上一页，减少或者压缩文件后再试。",
    ),
    415: ErrorText("文件类型不支持", "这种类型的内容不能提交，没有被接收。", "请换一种文件类型。"),
    429: ErrorText(
        "操作过于频繁",
        "短时间内收到的请求过多，这次请求没有被处理。",
        "请稍等几分钟，返回上一页再试。",
    ),
    500: ErrorText(
        "页面暂时打不开",
        "服务器出了问题，已记录在案。您刚才提交的内容可能没有保存。",
        "请稍后再试；急需办理的，请与主办单位联系。",
    ),
    503: ErrorText(
        "这一项暂时不能使用",
        "网站的这一部分正在维护；公告、名单和表格仍可查看。您刚才提交的内容可能没有被接收。",
        "请稍后返回上一页再试。",
    ),
}

# Headers of the plain error that a client needs.
_KEPT = {"Allow", "Retry-After", "WWW-Authenticate"}


def error_page(code: int, text: ErrorText, office: Office | None = None) -> str:
    """The page of an error; also used for the static site's own, which name an office to reach."""
    page = PageHead(title=text.title, crumbs=(Crumb("首页", "/"), Crumb(text.title)))
    return render(ErrorContext(page, code, text, office))


def init_errors(app: Flask, failures: Iterable[type[Exception]] = ()) -> None:
    """Answer every HTTP error, and every failure inside, with the designed page.

    `failures` are the errors of a database library that the app uses.
    """

    @app.errorhandler(HTTPException)
    def on_error(error: HTTPException) -> Response:
        original = error.get_response()
        if original.status_code < HTTPStatus.BAD_REQUEST:
            return Response(status=original.status_code, headers=original.headers)
        code = original.status_code
        text = TEXTS.get(code) or TEXTS[500 if code >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
        page = Response(error_page(code, text), status=code, mimetype="text/html")
        for name in _KEPT & set(original.headers.keys()):
            page.headers[name] = original.headers[name]
        page.headers["Cache-Control"] = "no-store"
        return page

    def on_trouble(error: Exception) -> tuple[str, int, dict[str, str]]:
        trouble = machine_trouble(error)
        if trouble is None:
            raise error
        app.logger.error("%s: %s", trouble.title, type(error).__name__)
        text = ErrorText(trouble.title, "您刚才的操作没有完成，没有保存。", f"{trouble.remedy}。")
        return error_page(503, text), 503, {"Cache-Control": "no-store", "Retry-After": "60"}

    kinds: tuple[type[Exception], ...] = (OSError, sqlite3.Error, *failures)
    for kind in kinds:
        app.register_error_handler(kind, on_trouble)

    def on_refusal(error: PortalError) -> tuple[str, int, dict[str, str]]:
        text = ErrorText("这一步没有完成", f"{error}。", "请返回上一页，改正后再试。")
        return error_page(409, text), 409, {"Cache-Control": "no-store"}

    app.register_error_handler(PortalError, on_refusal)
