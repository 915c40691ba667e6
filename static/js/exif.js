// When a camera says that it took a photo: DateTimeOriginal and its offset, out of a JPEG's EXIF. Of all
// else that EXIF holds, positions among it, nothing is read. No DOM.

const EXIF_FOLDER = 0x8769;
const TIME = 0x9003; // DateTimeOriginal: "2026:11:23 09:12:00"
const OFFSET = 0x9011; // OffsetTimeOriginal: "+08:00"; cameras seldom write it
const APP1 = 0xffe1;
const SCAN = 0xffda;

/**
 * @param {ArrayBuffer} bytes of a file
 * @returns {number | null} milliseconds; by this tablet's time zone when the camera tells none
 */
export function exifTime(bytes) {
  try {
    const tiff = tiffOf(new DataView(bytes));
    return tiff && timeIn(tiff);
  } catch {
    return null; // damaged: it points past its own end
  }
}

/** The TIFF structure within a JPEG's first EXIF segment. @param {DataView} file */
function tiffOf(file) {
  if (file.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 < file.byteLength; at += 2 + file.getUint16(at + 2)) {
    const marker = file.getUint16(at);
    if (marker === SCAN || marker < 0xff00) return null;
    if (marker !== APP1 || textAt(file, at + 4, 6) !== "Exif\0\0") continue;
    return new DataView(file.buffer, at + 10, file.getUint16(at + 2) - 8);
  }
  return null;
}

function timeIn(tiff) {
  const isLittle = textAt(tiff, 0, 2) === "II";
  const folder = entries(tiff, tiff.getUint32(4, isLittle), isLittle).get(EXIF_FOLDER);
  if (!folder) return null;
  const found = entries(tiff, tiff.getUint32(folder.at + 8, isLittle), isLittle);
  const text = (tag) => {
    const entry = found.get(tag);
    if (!entry) return "";
    const place = entry.count > 4 ? tiff.getUint32(entry.at + 8, isLittle) : entry.at + 8;
    return textAt(tiff, place, entry.count).replace(/\0.*$/s, "").trim();
  };
  return moment(text(TIME), text(OFFSET));
}

/** The entries of one folder by their tag. */
function entries(tiff, start, isLittle) {
  const count = tiff.getUint16(start, isLittle);
  return new Map(Array.from({ length: count }, (_, n) => {
    const at = start + 2 + 12 * n;
    return [tiff.getUint16(at, isLittle), { at, count: tiff.getUint32(at + 4, isLittle) }];
  }));
}

function moment(time, offset) {
  const parts = time.match(/^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/);
  if (!parts) return null;
  const [, year, month, day, clock] = parts;
  const zone = /^[+-]\d\d:\d\d$/.test(offset) ? offset : "";
  return new Date(`${year}-${month}-${day}T${clock}${zone}`).getTime() || null;
}

const textAt = (view, at, length) =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));
