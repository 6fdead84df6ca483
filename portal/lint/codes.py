"""Codes: what the faults found while reading mean; the rules explain their own."""

from __future__ import annotations

import re

_CODE = re.compile(r"^([A-Z]\d{3}): ", re.MULTILINE)

_TEXT = """
F001: 公告文件夹里没有 notice.md，或者文件读不出来。
      每个公告一个文件夹，正文写在 notice.md。
F002: 文件不是 UTF-8 编码。
      用编辑器“另存为”，编码选 UTF-8；带不带 BOM 都可以。
F003: 没有信息头，或者信息头没有结束。
      文件第一行写 ---，接着写各个字段，再用一行 --- 结束。
F004: 信息头或 .yml 文件的 YAML 格式有误。
      冒号后要有一个空格；缩进用空格，不用制表符；含冒号、井号或以符号开头的文字加英文引号。
F005: 不认识的字段。
      多半是写错了字段名；各字段见 docs/content-format.md。
F006: 缺少必填的字段。
F007: 字段的值不能用：类型不对、日期不存在、没有时区，或不在可选的值里。
F008: 文件夹名或文件名不能用作网址。
      只用小写字母、数字和单个连字符；网址发布后不再改变。
F009: 指向了不存在的届次、单位、县区或公告。
F010: 这一类公告不能有这个字段。
      例如通知没有公示期，市级公示不写县区。
F013: 同一个字段写了两次，后一个会盖掉前一个。
F015: 两个文件夹里有同名的公告或届次。
W001: 公示期不能推算：没有那一年的放假安排。
      工作日按国务院办公厅的放假安排推算，没有公布的年份不估计；公布后录入
      content/calendar.yaml。
L001: list.csv 不是正确的 CSV。
      多半是引号不成对；可用 portal import 从表格重新生成。
L002: 名单的表头不对：缺少必需的列、有不认识的列或重复的列。
      表头可用：奖项,类别,名称,统一社会信用代码,县区,工作单位,职务,备注。
L003: 名单的一行比表头多出单元格。
      多半是单元格里有英文逗号；用英文引号把整格括起来。
L004: 名单中有空的名称。
L005: 奖项或类别不认识。
      奖项为质量奖或提名奖；类别为组织、专家学者、组织管理人员、工程技术人员或一线工作人员。
L012: 需要名单的公告没有 list.csv，或不需要的有。
      县（区）公示、市级公示和表彰决定有名单。
L017: 名单 list.csv 是 GBK 编码。
      Excel 把文件存成“CSV（逗号分隔）”时用 GBK，GBK 没有的字会变成问号。核对生僻字，再用“CSV UTF-8”
      另存。
R006: revisions/ 下的文件夹名与其中文本的修订号不一致。
      第一稿放在 revisions/1/，不写 revision。
R013: 发布台账 ledger.jsonl 读不出来。
      台账由 portal publish 写入，不能手工修改。
S001: content/ 下的 .toml 文件缺失或格式有误。
S002: content/calendar.yaml 的内容不对。
      years 下按年份列 holidays 和 makeups，closures 列停止办公的日期和原因。
S008: 异议情况文件 holds.json 读不出来，或者不是工作台签发的。
      它由工作台导出；读不出来时不能确认名单中没有被异议的条目，所以不予发布。
X001: 附件定义（content/annexes/*.yml）的写法不对。
      写法见 docs/documents.md。
X002: 附件里两个填写项同名。
      每个填写项用不同的 field，否则导入和核对时会混淆。
"""


def _explained(text: str) -> dict[str, str]:
    parts = _CODE.split(text.strip())[1:]
    found = {}
    for code, part in zip(parts[::2], parts[1::2], strict=True):
        first, *rest = (line.strip() for line in part.strip().splitlines())
        found[code] = first + ("\n\n" + "".join(rest) if rest else "")
    return found


READING = _explained(_TEXT)
"""Explanation of each code that reading gives."""
