"""What the pages of an objection say of where things are sealed and opened, and what they may load.

Templates and scripts take the words from here, and `portal verify` holds a saved page to them.
"""

from __future__ import annotations

SEALING_WAYS = {
    "page": "在您的设备上加密后再发送。",
    "server": "由服务器收到后立即加密。",
}
OPENING_WAYS = {
    "server": "由服务器打开。",
    "page": "在您的设备上打开。",
    "unable": "由服务器打开。",
}
"""In the order of the look-up page, which shows the first until its script says otherwise."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)
"""The Content-Security-Policy of every page. The form's pages have it in their own bytes too: who
answers for the server cannot allow them more (fonts, frames, inline script) by another header."""
