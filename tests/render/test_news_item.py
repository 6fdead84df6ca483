"""item.json follows IPTC ninjs 3.1: the names its schema allows, and the states of an item."""

import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import jsonschema
import pytest

from portal.render.notice.formats import FORMATS

TEXT = {"type": "string", "minLength": 1}
URI = {"type": "string", "format": "uri", "pattern": "^https://"}
# The part of http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json that the items use.
_LISTED = {
    "headlines": {"role", "contentType", "value"},
    "bodies": {"role", "contentType", "charCount", "wordCount", "value"},
    "subjects": {"name", "rel", "uri", "literal", "creator", "relevance", "confidence"},
    "genres": {"name", "uri", "literal"},
    "places": {"name", "rel", "uri", "literal", "contactInfo", "geoJSON"},
    "infoSources": {"name", "role", "uri", "literal", "contactInfo"},
    "altIds": {"role", "value"},
    "renditions": {"name", "href", "contentType", "title", "sizeInBytes", "format"},
    "associations": {"name", "rel", "type", "uri", "title"},
}
SCHEMA = {
    "type": "object",
    "required": ["uri"],
    "additionalProperties": False,
    "properties": {
        "uri": URI,
        "type": {"const": "text"},
        "representationType": {"enum": ["full", "partial"]},
        "profile": TEXT,
        "version": TEXT,
        "firstCreated": TEXT,
        "versionCreated": TEXT,
        "contentCreated": TEXT,
        "embargoedUntil": TEXT,
        "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
        "language": TEXT,
        "title": TEXT,
        "by": TEXT,
        "edNote": TEXT,
        "expires": TEXT,
        "standard": {"type": "object"},
        **{
            name: {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {key: {} for key in names},
                },
            }
            for name, names in _LISTED.items()
        },
    },
}


def item(listed, round_):
    render = next(fmt.render for fmt in FORMATS if fmt.name == "item")
    return json.loads(render(listed, round_))


def test_every_item_is_valid(round_):
    for listed in round_.notices:
        found = item(listed, round_)
        jsonschema.validate(found, SCHEMA)
        for name in ("firstCreated", "versionCreated", "contentCreated"):
            assert datetime.fromisoformat(found[name]).tzinfo


@pytest.mark.parametrize(("slug", "status"), [("demo-1-city", "usable"), ("withdrawn", "canceled")])
def test_a_withdrawn_notice_is_a_canceled_item(round_, slug, status):
    withdrawal = next(n for n in round_.notices if n.kind == "withdrawal")
    slug = withdrawal.amends if slug == "withdrawn" else slug
    listed = replace(round_.by_slug[slug], demonstration=False)
    assert item(listed, round_)["pubStatus"] == status


def test_a_demonstration_is_withheld(round_):
    found = item(round_.by_slug["demo-1-city"], round_)
    assert found["pubStatus"] == "withheld"
    assert found["edNote"].startswith("演示数据，纯属虚构，不得刊登")


def test_identity_outlives_revisions_and_version_rises_with_amendments(round_):
    decided = item(round_.by_slug["demo-1-decision"], round_)
    assert urlsplit(decided["uri"]).path == "/notices/demo-1-decision/"
    assert decided["version"] == "2"
    assert decided["versionCreated"] > decided["firstCreated"]
    related = {found["uri"]: found["rel"] for found in decided["associations"]}
    correction = item(round_.by_slug["demo-1-correction"], round_)
    assert related[correction["uri"]] == "correction"
    assert decided["uri"] in {found["uri"] for found in correction["associations"]}


def test_every_other_format_is_a_rendition(round_):
    listed = round_.by_slug["demo-1-city"]
    names = {found["href"].rpartition("/")[2] for found in item(listed, round_)["renditions"]}
    assert names == {fmt.filename for fmt in FORMATS if fmt.applies(listed)} - {"item.json"}
