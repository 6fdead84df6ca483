"""Own words: an entry of a list that says itself that it is out, in brackets or as its remark."""

from __future__ import annotations

import re

_WORD = (
    "不予推荐|不再推荐|不推荐|未推荐|未予推荐|不予?同意|未通过|不通过|不符合?条件|不合格|不参[评加]"
    "|撤回|撤销|取消|退出|退回|放弃|弃权|淘汰|除名|终止|落选|剔除|不纳入|暂缓"
)
_WHAT = "推荐|申报|评选|参评|评审|公示|资格|名额|报名|申请"
_OUT = re.compile(
    rf"(?:现|已经?|自愿|主动|本人|本?单位|企业|公司|申请|建议|要求|拟|被|{_WHAT})*(?:{_WORD})"
    rf"(?:了|的|本[届次]|{_WHAT})*"
)
_BRACKETED = re.compile(r"[(（\[【〔［]([^()（）\[\]【】〔〕［］]{2,16})[)）\]】〕］]")
_MOST, _LONGEST = 200, 24
_CLAUSES = re.compile(r"[\s，,；;。.、！!：:]+")


def says_out(text: str) -> str:
    """The words of a name or a remark that say it is out: in brackets, or all that it says."""
    if len(text) > _MOST:
        return ""
    for words in (text.strip(" \t。.！!；;*★"), *_BRACKETED.findall(text)):
        if _OUT.fullmatch("".join(words.split())):
            return str(words)
    return ""


def may_say_out(remark: str) -> str:
    """The clause of a longer remark that may say so: one that ends with such words."""
    clauses = [part[-_LONGEST:] for part in _CLAUSES.split(remark) if part]
    return next((part for part in clauses if re.search(rf"(?:{_OUT.pattern})$", part)), "")
