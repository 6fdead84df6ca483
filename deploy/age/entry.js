// What the form needs of age: sealing, opening answers, and the derivations of the receipt code.
export { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
export { hkdf } from "@noble/hashes/hkdf.js";
export { sha256 } from "@noble/hashes/sha2.js";
