"""Weight: a page with its style and script arrives in the first round trip, 14 KB compressed."""

import gzip
import re

from tests.addresses import site_paths
from tests.showcase import NOW, site_app

BUDGET = 14 * 1024
HUNDRED = "\n".join(
    f"组织,测试第{n}精密机械制造股份有限公司,91140300MA0H{n:05}XK,平定县,,," for n in range(1, 101)
)
LONG_NOTICE = f"""
-- notices/hundred/notice.md --
---
title: 平定县第三届质量奖推荐名单公示
kind: county-publicity
edition: third
issuer: pingding-office
county: pingding
published: 2021-12-06T08:30:00+08:00
window: {{opens: 2021-12-06, working-days: 5}}
review: {{drafted: 张三, reviewed: 李四, approved: 王五}}
---
现将推荐名单予以公示。
-- notices/hundred/list.csv --
类别,名称,统一社会信用代码,县区,工作单位,职务,备注
{HUNDRED}
"""


def weigh(client, path, kept):
    """Compressed bytes of a page and of the style sheets and scripts it asks for."""
    html = client.get(path).data
    total = len(gzip.compress(html, 9))
    for asset in set(re.findall(rb'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html)):
        name = asset.decode()
        if name not in kept:
            kept[name] = len(gzip.compress(client.get(name).data, 9))
        total += kept[name]
    return total


def test_no_page_weighs_more_than_the_first_round_trip(app, catalogue, capsys):
    app_client = app.test_client()
    kept: dict[str, int] = {}
    pages = [p for p in site_paths(catalogue, NOW) if p.endswith(("/", ".html"))]
    weights = {path: weigh(app_client, path, kept) for path in pages}
    heaviest = sorted(weights.items(), key=lambda item: -item[1])
    with capsys.disabled():
        print("\nheaviest pages (bytes, gzip):", *(f"{w:6} {p}" for p, w in heaviest[:6]), sep="\n")
    assert {path: weight for path, weight in weights.items() if weight > BUDGET} == {}


def test_a_list_of_a_hundred_entries_keeps_to_the_budget_too(site_from):
    tree = site_from(LONG_NOTICE)
    client = site_app(tree.catalogue()).test_client()
    page = client.get("/notices/hundred/")
    assert page.text.count('scope="row"') == 100
    assert weigh(client, "/notices/hundred/", {}) <= BUDGET
