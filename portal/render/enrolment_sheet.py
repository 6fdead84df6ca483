"""What a new officer is handed on paper: name, first password, and the QR code of the secret."""

from __future__ import annotations

from html import escape

from portal.render.qr import secret_qr_svg

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>工作台登录</title>
<style>body{{font:16px/1.8 serif;margin:2rem;max-width:36rem}}svg{{width:8cm;height:8cm}}dt{{float:left;width:8em}}code{{font-size:1.1em}}</style></head>
<body><h1>工作台登录</h1>
<dl><dt>用户名</dt><dd><code>{username}</code></dd><dt>初始密码</dt><dd><code>{password}</code>（首次登录须修改）</dd><dt>动态口令密钥</dt><dd><code>{secret}</code></dd></dl>
<p>用手机验证器扫描：</p>{qr}
<p>请当面交给本人。扫描以后请销毁这张纸，并删去这个文件。</p></body></html>
"""  # noqa: E501 - one line of the page each


def enrolment_sheet(username: str, password: str, secret: str, address: str) -> str:
    """The sheet as a page of its own, with nothing loaded from elsewhere."""
    qr = secret_qr_svg(address, "二维码：用手机验证器扫描")
    values = {"username": username, "password": password, "secret": secret}
    return _PAGE.format(qr=qr, **{key: escape(value) for key, value in values.items()})
