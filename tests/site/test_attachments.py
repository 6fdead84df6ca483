"""Attachments stand on the origin of the form: whatever they are, they do not run there."""

from datetime import datetime

import pytest

from portal.domain.workdays import SHANGHAI
from portal.site import create_app as create_site
from portal.site.site_options import SiteOptions
from tests.contract import check_headers
from tests.sites import PINGDING

NOW = datetime(2021, 12, 7, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "application/octet-stream"),
        ("a.HTM", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.js", "application/octet-stream"),
        ("a.xhtml", "application/octet-stream"),
        ("a.xml", "application/octet-stream"),
        ("a.mht", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.pdf", "application/pdf"),
        ("a.PNG", "image/png"),
        ("a.txt", "text/plain; charset=utf-8"),
    ],
)
def test_an_attachment_is_handed_over(site_from, name, kind):
    tree = site_from(f"{PINGDING}-- notices/pingding-list/files/{name} --\n<script>x</script>\n")
    catalogue = tree.catalogue()
    app = create_site(lambda: catalogue, SiteOptions(catalogue.site.base_url), lambda: NOW)
    answer = app.test_client().get(f"/notices/pingding-list/files/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    check_headers(answer, name)
