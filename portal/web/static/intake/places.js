// Takes the place out of a photograph, and nothing else: every length stays, so no part moves.
// Needs nothing.
const GPS_POINTER = 0x8825;
const VALUE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
const MOST_TAGS = 500;

// The entries of one directory of a TIFF block, as places in the file; none where it is no directory.
const directory = (view, base, at, little) => {
  if (base + at + 2 > view.byteLength) return [];
  const count = view.getUint16(base + at, little);
  if (!count || count > MOST_TAGS || base + at + 2 + count * 12 > view.byteLength) return [];
  const entries = [];
  for (let n = 0; n < count; n += 1) {
    const place = base + at + 2 + n * 12;
    const size = VALUE_SIZES[view.getUint16(place + 2, little)];
    if (!size) return [];
    entries.push({ place, tag: view.getUint16(place, little), size: size * view.getUint32(place + 4, little),
      value: view.getUint32(place + 8, little) });
  }
  return entries;
};

const blankBlock = (bytes, view, base, little) => {
  const first = view.getUint32(base + 4, little);
  const pointer = directory(view, base, first, little).find(({ tag }) => tag === GPS_POINTER);
  if (!pointer) return false;
  const inside = directory(view, base, pointer.value, little);
  for (const { place, size, value } of inside) {
    if (size > 4) bytes.fill(0, base + value, Math.min(base + value + size, bytes.length));
    bytes.fill(0, place, place + 12);
  }
  if (inside.length) view.setUint16(base + pointer.value, 0, little);
  return inside.length > 0;
};

// Blanks what says where a JPEG, HEIC or WebP picture was taken; gives whether anything did.
const blankPlace = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let found = false;
  for (let at = 0; at + 16 < bytes.length; at += 1) {
    const [one, two, three, four] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    const little = one === 0x49 && two === 0x49 && three === 42 && four === 0;
    const big = one === 0x4d && two === 0x4d && three === 0 && four === 42;
    if (little || big) found = blankBlock(bytes, view, at, little) || found;
    // The same once more in words (XMP): exif:GPSLatitude="37,51N"
    if (one === 0x65 && two === 0x78 && three === 0x69 && String.fromCharCode(...bytes.subarray(at, at + 8)) === "exif:GPS") {
      const [, before, value] = String.fromCharCode(...bytes.subarray(at, at + 200)).match(/^(exif:GPS\w+(?:="|>))([^"<]*)/) || [];
      if (value && value.trim()) {
        bytes.fill(0x20, at + before.length, at + before.length + value.length);
        found = true;
      }
    }
  }
  return found;
};

const PICTURES = ["jpg", "jpeg", "heic", "heif", "webp"];
const originals = new WeakMap(); // of files without their place
const placed = new WeakMap(); // whether there was any

const withoutPlace = async (file) => {
  if (originals.has(file) || !PICTURES.includes(extensionOf(nameOf(file)))) return file;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const found = blankPlace(bytes);
  const made = new File([bytes], file.name, { type: file.type, lastModified: file.lastModified });
  originals.set(made, file);
  placed.set(made, found);
  return made;
};
