"""Chromium's virtual authenticator, and a passkey registered on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.desk.entry.onetime import code_at

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import CDPSession, Page

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def register_passkey(page: Page, secret: str, now: datetime) -> tuple[CDPSession, dict[str, str]]:
    """Register one for who is signed in at a desk where it is `now`.

    Gives the browser's tools, and what names the device to them.
    """
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.get_by_role("link", name="通行密钥", exact=True).click()
    page.locator("#label").fill("办公室电脑")
    # The code of the sign-in was used; the one of the next half minute is taken already.
    page.locator("#code").fill(code_at(secret, now + timedelta(seconds=30)))
    page.get_by_role("button", name="登记通行密钥").click()
    page.wait_for_selector("text=共1个")
    return tools, {"authenticatorId": made["authenticatorId"]}
