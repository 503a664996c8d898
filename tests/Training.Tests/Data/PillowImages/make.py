#!/usr/bin/python3
"""Makes these images and expected.tsv: the pixels that Pillow 9.4 gives for each, as SHA-256 of Image.open(file).convert("RGB").tobytes()."""
import hashlib
import os
import struct
import zlib

from PIL import Image

WIDTH, HEIGHT = 23, 17


def pattern(bytes_per_pixel):
    return bytes(
        (x * x * 7 + y * 13 + c * 61 + x * y % 5 * 40) & 255
        for y in range(HEIGHT) for x in range(WIDTH) for c in range(bytes_per_pixel))


def sixteen_bit_png(name, colour_type, bytes_per_pixel):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    data, stride = pattern(bytes_per_pixel), WIDTH * bytes_per_pixel
    rows = b"".join(b"\0" + data[y * stride:(y + 1) * stride] for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour_type, 0, 0, 0)
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


os.chdir(os.path.dirname(os.path.abspath(__file__)))
size = (WIDTH, HEIGHT)
rgb = Image.frombytes("RGB", size, pattern(3))
rgba = Image.frombytes("RGBA", size, pattern(4))
gray, palette = rgb.convert("L"), rgb.quantize(16)
rgb.save("rgb.png")
rgb.save("rgb.bmp")
rgb.save("rgb-420.jpg", quality=90)
rgb.save("rgb-444.jpg", quality=95, subsampling=0)
rgb.save("rgb-progressive.jpg", quality=80, progressive=True)
rgb.save("rgb-lossless.webp", lossless=True)
rgb.save("rgb-lossy.webp", quality=80)
rgb.save("rgb-transparent-colour.png", transparency=(0, 61, 122))
palette.save("palette.png")
palette.save("palette-transparent.png", transparency=3)
palette.save("palette.bmp")
gray.save("gray.png")
gray.save("gray.jpg", quality=90)
gray.save("gray.bmp")
gray.save("gray-transparent.png", transparency=40)
gray.convert("1").save("one-bit.png")
Image.frombytes("LA", size, pattern(2)).save("gray-alpha.png")
rgba.save("alpha.png")
rgba.save("alpha.bmp")
rgba.save("alpha-lossless.webp", lossless=True, exact=True)
Image.frombytes("CMYK", size, pattern(4)).save("cmyk.jpg", quality=95)
sixteen_bit_png("gray-16.png", 0, 2)
sixteen_bit_png("rgb-16.png", 2, 6)
sixteen_bit_png("gray-alpha-16.png", 4, 4)
sixteen_bit_png("alpha-16.png", 6, 8)
with open("expected.tsv", "w") as expected:
    for name in sorted(os.listdir(".")):
        # Pillow cuts gray values of 16 bits off at 255, which the project does not follow.
        if name.endswith((".py", ".tsv")) or name == "gray-16.png":
            continue
        pixels = Image.open(name).convert("RGB").tobytes()
        expected.write(f"{name}\t{hashlib.sha256(pixels).hexdigest()}\n")
