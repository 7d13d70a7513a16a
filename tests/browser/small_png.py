"""A picture of a page in at most 256 colours: a third of the size, and to the eye the same."""

import base64
import struct
import zlib

from playwright.sync_api import Browser

PIXELS = """async (picture) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + picture;
    await image.decode();
    const { width, height } = image;
    const board = new OffscreenCanvas(width, height).getContext('2d');
    board.drawImage(image, 0, 0);
    const pixels = new Uint32Array(board.getImageData(0, 0, width, height).data.buffer);
    const counts = new Map();
    for (const one of pixels) counts.set(one, (counts.get(one) || 0) + 1);
    const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
    const kinds = new Map();
    for (const one of colours) {
        if (!kinds.has(one & 0xf0f0f0)) kinds.set(one & 0xf0f0f0, one);
    }
    const kept = [...new Set([...[...kinds.values()].slice(0, 128), ...colours])].slice(0, 256);
    const away = (a, b) => [0, 8, 16].reduce(
        (sum, part) => sum + (((a >> part) & 255) - ((b >> part) & 255)) ** 2, 0);
    const index = new Map(kept.map((one, place) => [one, place]));
    for (const one of colours.filter((one) => !index.has(one))) {
        let best = 0;
        for (let n = 1; n < kept.length; n++) if (away(one, kept[n]) < away(one, kept[best])) best = n;
        index.set(one, best);
    }
    const found = Uint8Array.from(pixels, (one) => index.get(one));
    let text = '';
    for (let n = 0; n < found.length; n += 8192) {
        text += String.fromCharCode(...found.subarray(n, n + 8192));
    }
    return [width, height, kept, btoa(text)];
}"""


def smaller(browser: Browser, picture: bytes) -> bytes:
    """The PNG ``picture`` with a palette: the most frequent colour of each kind, then
    the most frequent ones; all others become the nearest of these."""
    page = browser.new_page()
    try:
        width, height, colours, found = page.evaluate(PIXELS, base64.b64encode(picture).decode())
    finally:
        page.close()
    pixels = base64.b64decode(found)
    rows = b"".join(b"\0" + pixels[n : n + width] for n in range(0, width * height, width))
    palette = b"".join(struct.pack("<I", colour)[:3] for colour in colours)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
