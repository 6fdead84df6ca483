"""What click itself says, in Chinese: headings of help, messages of errors, prompts.

Click wraps its texts for gettext but carries no catalogue; this is one, put where it looks them up.
`tests/cli/test_words.py` reads click's source, so that an update with new texts is noticed.
"""

from __future__ import annotations

import getpass
import gettext
import sys
import unicodedata

import click

MESSAGES = {
    # Headings and the texts of help
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示这份说明。",
    "Show the version and exit.": "显示版本。",
    "%(prog)s, version %(version)s": "%(prog)s，版本 %(version)s",
    "default: {default}": "默认：{default}",
    "env var: {var}": "环境变量：{var}",
    "required": "必填",
    "deprecated": "已停用",
    "(dynamic)": "（视情况而定）",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    # Errors
    "Aborted!": "已停止",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "用法见 {command} {option}",
    "Missing command.": "没有写命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "Missing {param_type}": "缺少{param_type}",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "Invalid start character for option ({option})": "选项应以横线开头（{option}）",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "Invalid value: {message}": "填写有误：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 填写有误：{message}",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename!r}：{message}",
    "unknown error": "原因不明",
    "Got unexpected extra argument ({args})": "多出的参数：{args}",
    "Takes {nargs} values but 1 was given.": "应有{nargs}个值，现有{len}个。",
    "Value must be an iterable.": "应当是几个值。",
    "Option {name!r} does not take a value.": "选项 {name!r} 后面不写值。",
    "Option {name!r} requires an argument.": "选项 {name!r} 后面要写值。",
    "Argument {name!r} takes {nargs} values.": "参数 {name!r} 应有{nargs}个值。",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "Choice({choices})": "可选：{choices}",
    "{value!r} is not {choice}.": "{value!r} 不是 {choice}。",
    "{value!r} does not match the format {format}.": "{value!r} 不合格式 {format}。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 之内。",
    "{value!r} is not a valid boolean. Recognized values: {states}": (
        "{value!r} 不是“是”或“否”，可以写：{states}"
    ),
    "{len_type} values are required, but {len_value} was given.": (
        "应有{len_type}个值，现有{len_value}个。"
    ),
    "{value!r} is not a valid {number_type}.": "{value!r} 不是{number_type}。",
    "{value!r} is not a valid UUID.": "{value!r} 不是 UUID。",
    "{name} {filename!r} is a file.": "{name} {filename!r} 是一个文件，这里要文件夹。",
    "{name} {filename!r} is a directory.": "{name} {filename!r} 是一个文件夹，这里要文件。",
    "{name} {filename!r} is not readable.": "{name} {filename!r} 不能读取，请检查权限。",
    "{name} {filename!r} is not writable.": "{name} {filename!r} 不能写入，请检查权限。",
    "{name} {filename!r} is not executable.": "{name} {filename!r} 不能运行，请检查权限。",
    "{name} {filename!r} does not exist.": "{name} {filename!r} 不存在。",
    "Unknown standard stream '{name}'": "没有标准流“{name}”",
    "Windows error: {error}": "系统错误：{error}",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}": (
        "提醒：命令 {name!r} 已停用。{extra_message}"
    ),
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}": (
        "提醒：{param_type} {name!r} 已停用。{extra_message}"
    ),
    # Prompts
    "Do you want to continue?": "继续吗？",
    "Confirm the action without prompting.": "不再询问。",
    "Press any key to continue...": "按任意键继续……",
    "Repeat for confirmation": "再输入一次",
    "Error: The two entered values do not match.": "错误：两次输入的不一致。",
    "Error: invalid input": "错误：输入有误",
    # Units of a progress bar, and an editor that commands do not use
    "d": "天",
    "{editor}: Editing failed": "{editor}：编辑没有成功",
    "{editor}: Editing failed: {e}": "{editor}：编辑没有成功：{e}",
}
"""Click's text and ours; a plural, which Chinese has not, is keyed by its singular."""

_TYPES = {
    click.types.StringParamType: "文字",
    click.types.IntParamType: "整数",
    click.types.IntRange: "整数",
    click.types.FloatParamType: "数",
    click.types.FloatRange: "数",
    click.types.DateTime: "日期",
}


def one(message: str) -> str:
    """A text of click."""
    return MESSAGES.get(message) or gettext.gettext(message)


def some(singular: str, plural: str, n: int) -> str:
    """A text of click that has a plural."""
    return MESSAGES.get(singular) or gettext.ngettext(singular, plural, n)


def columns(text: str) -> int:
    """Columns that a text takes on a terminal: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def ask_hidden(prompt: str) -> str:
    """Ask for a passphrase; without a terminal it is read as a line, with no English warning."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    sys.stderr.write(prompt)
    sys.stderr.flush()  # it ends with no new line, and who answers may wait for it
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def speak_chinese() -> None:
    """Have click say all this; to be called before commands are made."""
    ours = {gettext.gettext: one, gettext.ngettext: some}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "click":
            for known in ("_", "ngettext"):
                found = getattr(module, known, None)
                if found in ours:
                    setattr(module, known, ours[found])
    for kind, words in _TYPES.items():
        kind.name = words
    vars(click.termui).update(hidden_prompt_func=ask_hidden)
    vars(click.formatting).update(term_len=columns)  # columns of help stand under each other


def in_chinese(command: click.Command) -> click.Command:
    """A command whose line of usage is Chinese too, with all below it."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]…"
        for below in command.commands.values():
            in_chinese(below)
    return command
