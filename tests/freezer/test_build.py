"""A build publishes a whole site or leaves the one that is there; it says everything it found."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from portal.content.index import Index
from portal.domain.served import served_as
from portal.errors import BuildError, ContentError
from portal.freezer.groups import FEEDS, FORMS, GROUPS, HTML, SEARCH
from portal.freezer.pages.plan import plan
from portal.freezer.pages.scene import Scene
from portal.freezer.record.store import Store
from portal.render.notice.formats import FORMATS
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.contract import check_page
from tests.freezer.building import CALL, NOW, SITE, bench, decision, differences, files_below
from tests.freezer.samples import instant

# Routes that a static site cannot have, each with the reason.
DYNAMIC = {"search.data": "planned by the search data itself (tests/freezer/test_searching.py)"}
# Typesetting is tested with the documents; here it would only take time.
EVERY = GROUPS - {"documents", "search"}


REVISED = CALL.replace("notices/call/", "notices/revised/revisions/1/") + CALL.replace(
    "notices/call/", "notices/revised/"
).replace("kind: call", "kind: call\nrevision: 2\nupdated: 2021-11-01T09:00:00+08:00\nnote: 补正")


def test_every_format_belongs_to_a_group_that_can_be_named():
    assert {fmt.group for fmt in FORMATS} | {HTML, FEEDS, FORMS, SEARCH} == GROUPS


def many(count, body="自愿"):
    """A site of many calls."""
    texts = []
    for number in range(count):
        day = instant("2021-01-01T09:00") + timedelta(hours=number)
        text = CALL.replace("notices/call", f"notices/call-{number:03}").replace("自愿", body)
        texts.append(text.replace("2021-10-08T09:00:00+08:00", day.isoformat()))
    return "".join(texts)


def test_every_route_of_the_site_is_planned_or_named_as_dynamic(site_from):
    given = decision("given", "2021-12-07T11:00", "平定县甲制造有限公司")
    made = bench(site_from(SITE + many(45) + REVISED + given))
    real = Path(__file__).parent.parent.parent / "content"
    shutil.copytree(real / "annexes", made.tree.root / "content" / "annexes")
    shutil.copy(real / "self-check.yml", made.tree.root / "content")
    for kept in ("guide", "annexes"):
        shutil.copytree(real / kept, made.tree.root / "content" / "former" / "third" / kept)
    shutil.copy(real / "faq.yml", made.tree.root / "content" / "former" / "third")
    (made.tree.root / "notices" / "call" / "files").mkdir()
    attachment = made.tree.root / "notices" / "call" / "files" / "附件 一.txt"
    attachment.write_text("附件", encoding="utf-8")
    earlier = made.tree.root / "notices" / "revised" / "revisions" / "1" / "files"
    earlier.mkdir()
    (earlier / "旧.txt").write_text("旧", encoding="utf-8")
    made.build(formats=EVERY)
    [record] = made.cache.glob("*.sqlite")
    catalogue = made.tree.catalogue()
    scene = Scene(catalogue, Index(Store(record).heads(), NOW), record, None)
    planned = {artifact.url for artifact in plan(scene.catalogue(), scene.index, EVERY, {})}
    options = SiteOptions(catalogue.site.base_url)
    app = create_app(lambda: catalogue, options, lambda: NOW)
    urls = app.url_map.bind("portal.test")
    seen = {urls.match(url)[0] for url in planned}
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert routes - seen == set(DYNAMIC)
    assert len(planned) == len(made.files())
    assert made.files()["notices/call/files/附件 一.txt"] == "附件".encode()
    assert made.files()["notices/revised/revisions/1/files/旧.txt"] == "旧".encode()


def test_frozen_bytes_are_those_of_the_live_site(site_from):
    made = bench(site_from(SITE))
    made.build()
    catalogue = made.tree.catalogue()
    options = SiteOptions(catalogue.site.base_url, formats=made.options.formats)
    app = create_app(lambda: catalogue, options, lambda: NOW)
    client = app.test_client()
    for name, data in made.files().items():
        response = client.get("/" + name.removesuffix("index.html"))
        assert response.data == data, name
        assert response.status_code == 200
        told = served_as(name)  # what a bucket says of the file
        assert response.mimetype == told["Content-Type"].partition(";")[0], name
        immutable = "immutable" in response.headers.get("Cache-Control", "")
        assert immutable == ("immutable" in told["Cache-Control"]), name
        if name.endswith(".html"):
            check_page(data.decode(), name)


def test_any_number_of_jobs_gives_the_same_bytes(site_from):
    made = bench(site_from(SITE + many(210)))
    one = made.clean(jobs=1)
    assert len(one) > 200
    for jobs in (2, 3):
        assert differences(made.clean(jobs=jobs), one) == []


def test_a_fault_in_the_content_leaves_the_site_and_names_every_place(site_from):
    made = bench(site_from(SITE))
    made.build()
    before = made.files()
    made.tree.write("-- notices/call/notice.md --\n没有信息头\n-- notices/bad/notice.md --\n---\n")
    with pytest.raises(ContentError) as caught:
        made.build()
    assert {Path(issue.path).parent.name for issue in caught.value.issues} == {"call", "bad"}
    assert made.files() == before
    # A removed notice that another one amends is a fault too, though no file of that one changed.
    shutil.rmtree(made.tree.root / "notices" / "bad")
    made.tree.write(SITE)
    assert made.build().full == ""


def test_a_dangling_amendment_is_found_though_its_own_file_did_not_change(site_from):
    from tests.freezer.building import amendment

    text = amendment("fix", "correction", "call", "2021-10-09T09:00")
    made = bench(site_from(SITE + text))
    made.build()
    shutil.rmtree(made.tree.root / "notices" / "call")
    with pytest.raises(ContentError) as caught:
        made.build()
    assert [issue.code for issue in caught.value.issues] == ["F009"]


def test_an_output_that_cannot_be_written_is_told_in_words(site_from):
    made = bench(site_from(CALL))
    made.out.parent.mkdir()
    made.out.write_text("一个文件", encoding="utf-8")
    with pytest.raises(BuildError, match="不是文件夹"):
        made.build()
    assert made.out.read_text(encoding="utf-8") == "一个文件"
    with pytest.raises(BuildError, match="构建没有完成"):
        made.build(out=made.out / "below")


def build_command(made, at, jobs=2):
    return [
        *(sys.executable, "-m", "portal", "build", "--jobs", str(jobs), "--as-of", at.isoformat()),
        *("--out", str(made.out), "--formats", ",".join(sorted(made.options.formats))),
        *(part for p in made.tree.content for part in ("--content", str(p))),
        *(part for p in made.tree.notices for part in ("--notices", str(p))),
    ]


def test_a_build_killed_at_any_point_leaves_the_old_site_or_the_new_one_whole(site_from):
    made = bench(site_from(SITE + many(60)).record())
    environment = os.environ | {"PORTAL_STATE": str(made.tree.root / "state")}
    chance = random.Random(7)

    def run():
        command = build_command(made, NOW)
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    assert run().wait() == 0
    old = made.files()
    for number in range(8):
        # In turn an edit of one notice, which is built by itself, and of all of them.
        made.tree.write(many(1 if number % 2 else 60, f"第{number}次自愿")).record()
        new = made.clean()
        process = run()
        time.sleep(chance.uniform(0.1, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = files_below(made.out)
        assert found in (old, new), differences(found, new)[:5]
        old = found
    assert run().wait() == 0
    assert differences(made.files(), made.clean()) == []


def test_a_changed_template_renders_everything_and_says_why(site_from, tmp_path):
    made = bench(site_from(CALL).record())
    package = tmp_path / "program"
    source = Path(__file__).parent.parent.parent / "portal"
    # With the code compiled, but for what another process is writing now.
    shutil.copytree(source, package / "portal", ignore=shutil.ignore_patterns("*.pyc.*"))
    environment = os.environ | {
        "PORTAL_STATE": str(tmp_path / "state"),
        "PYTHONPATH": str(package),
    }

    def run():
        command = build_command(made, NOW)
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    run()
    assert "没有变化" in run()
    template = package / "portal" / "site" / "templates" / "site" / "notice.html"
    text = template.read_text(encoding="utf-8")
    changed = text.replace('<article class="notice">', '<article class="notice changed">')
    template.write_text(changed, encoding="utf-8")
    said = run()
    assert "程序或模板有更新，全部重建" in said
    assert b'<article class="notice changed">' in made.files()["notices/call/index.html"]
    assert "没有变化" in run()
