"""The form of each window is a file of the build, from the line with its keys to its last day."""

from datetime import timedelta

from portal.casework.identities import new_identity
from tests.formkeys import enter_keys
from tests.freezer.building import Bench
from tests.publicside import CLOSES, OPEN, SLUG, Citizen, public_side

FILE = f"objections/{SLUG}/index.html"


def test_it_comes_with_its_keys_changes_with_them_goes_with_the_window_and_is_the_apps_page(
    site_from, tmp_path
):
    tree = site_from()
    side = public_side(tree, tmp_path / "state")
    side.app()  # makes the key of the receipts
    bench = Bench(tree, tmp_path / "out", tmp_path / "cache")
    at = OPEN

    def built(**later):
        nonlocal at
        at += timedelta(**later)
        bench.build(at, objections_url="/objections", formats=frozenset({"html"}))
        return bench.files()

    assert FILE not in built()
    assert f'href="/objections/{SLUG}/"'.encode() in built()[f"notices/{SLUG}/index.html"]
    enter_keys(side, tree, at)
    first = built(minutes=1)[FILE]
    side.clock.now = at
    assert Citizen(side).client.get(f"/objections/{SLUG}/").data == first
    [public] = (side.root / "keys/public/pingding-office").glob(f"{SLUG}.pub")
    public.write_text(f"{new_identity()[1]}\n")
    enter_keys(side, tree, at)
    second = built(minutes=1)[FILE]
    assert second != first
    assert public.read_text().strip().encode() in second
    assert built(minutes=1)[FILE] == second, "nothing of the hour stands in it"
    at = CLOSES
    assert FILE not in built()
