// What form and look-up page need: sealing, opening answers, the derivations of the receipt code, and
// the signatures of offices.
export { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
export { ed25519 } from "@noble/curves/ed25519.js";
export { hkdf } from "@noble/hashes/hkdf.js";
export { sha256 } from "@noble/hashes/sha2.js";
