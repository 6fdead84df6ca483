// How bytes are sealed: one object for each suite, chosen by how keys are written. No form needed.
// Needs secret.js. A suite has
//   name                    what stands on line 1 of an envelope
//   seal(stream, keys)      a promise of the sealed stream
//   open(bytes, identity)   a promise of what was sealed, as bytes; fails for a wrong key or damage
//   reply(secret)           a promise of {identity, recipient} that follow from a code's 15 bytes
//   speaker(secret)         {key, sign(bytes)} that follow from them too: a public half, and a
//                           signature in base64
const base64Of = (bytes) => btoa(String.fromCharCode(...bytes));
const AGE_SUITE = {
  name: "age-x25519-v1",
  async seal(stream, keys) {
    const encrypter = new AGE.Encrypter();
    for (const key of keys) encrypter.addRecipient(key);
    return encrypter.encrypt(stream);
  },
  async open(bytes, identity) {
    const decrypter = new AGE.Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(bytes);
  },
  async reply(secret) {
    const identity = bech32("age-secret-key-", derive(secret, "reply", 32)).toUpperCase();
    return { identity, recipient: await AGE.identityToRecipient(identity) };
  },
  speaker(secret) {
    const seed = derive(secret, "speak", 32);
    return {
      key: base64Of(AGE.ed25519.getPublicKey(seed)),
      sign: (message) => base64Of(AGE.ed25519.sign(message, seed)),
    };
  },
};

// The suite of a public key as it is written; its script is there (age.js, or sm.js with its own).
const suiteOf = (key) => {
  if (key.startsWith("age1")) return AGE_SUITE;
  if (key.startsWith("sm21")) return SM.SUITE;
  throw new Error("a key of an unknown suite");
};

// Resolves when a script has run; the browser refuses one of another digest.
const loadScript = (address, digest) => new Promise((done, failed) => {
  const script = document.createElement("script");
  script.integrity = digest;
  script.src = address;
  script.onload = done;
  script.onerror = failed;
  document.head.append(script);
});
