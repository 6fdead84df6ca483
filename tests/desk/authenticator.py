"""An authenticator of our own making: honest, or with something wrong with it."""

import base64
import hashlib
import json
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

from tests.desk.conftest import post

HOST = "desk.example.gov.cn"
ORIGIN = f"https://{HOST}"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Device:
    """An authenticator: one key for each account, a counter, and what may be wrong with it."""

    def __init__(self, **how):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(repr(id(self)).encode()).digest()
        self.count = 1
        self.how = {"origin": ORIGIN, "rp": HOST, "flags": PRESENT | VERIFIED, **how}

    def _client(self, kind, options):
        challenge = options["publicKey"]["challenge"]
        data = {"type": kind, "challenge": challenge, "origin": self.how["origin"]}
        return json.dumps(data).encode()

    def _data(self, extra=b"", flags=0):
        head = hashlib.sha256(self.how["rp"].encode()).digest()
        return head + struct.pack(">BI", self.how["flags"] | flags, self.count) + extra

    def make(self, options):
        numbers = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        cose = cbor.encode({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._data(attested, ATTESTED)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", options)),
            "attestationObject": b64(attestation),
        }
        return self._said(response)

    def answer(self, options, handle=None):
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data()
        digest = hashlib.sha256(client).digest()
        signature = self.key.sign(data + digest, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
        }
        if handle is not None:
            response["userHandle"] = b64(handle)
        return self._said(response)

    def _said(self, response):
        kept = {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key"}
        return json.dumps({**kept, "response": response, "clientExtensionResults": {}})


def options(client, path):
    return client.get(path).get_json()


def enrol(office, person, device, client=None):
    """Register a device for a person with a fresh code; gives the client and the answer."""
    client = client or office.sign_in(person)
    office.clock.on(seconds=60)
    made = device.make(options(client, "/passkeys/new"))
    data = {"created": made, "label": "手机", "code": office.code(person.username)}
    return client, post(client, "/passkeys", data)
