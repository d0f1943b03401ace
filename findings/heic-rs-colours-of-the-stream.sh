#!/bin/sh
# heic-rs 0.1.4 takes the matrix and the range of colours from the container's `nclx` box only. Files with an ICC profile,
# those of iPhones among them, have none and state both in the HEVC stream: heic-rs then reads full range as limited, and
# a grey of 60 comes out as 51. libheif and heifer read the stream.
#
# Seen with heic-rs 0.1.4, heifer 0.3.22, pillow-heif 1.8.1 (libheif 1.23): libheif 60, heifer 60, heic-rs 51.
# Exits 1 when that changes.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 pillow-heif==1.8.1
venv/bin/python - <<'PY'
import pillow_heif
from PIL import Image, ImageCms
pillow_heif.register_heif_opener()
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
Image.new("RGB", (64, 64), (60, 60, 60)).save("grey.heic", quality=95, icc_profile=profile)
print("libheif", Image.open("grey.heic").convert("RGB").getpixel((32, 32))[0])
PY

mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "colours"
version = "0.0.0"
edition = "2024"
[dependencies]
heic-rs = "=0.1.4"
heifer = "=0.3.22"
TOML
cat > src/main.rs <<'RUST'
fn main() {
    let bytes = std::fs::read("grey.heic").unwrap();
    let at = (32 * 64 + 32) * 3;
    let heifer = heifer::decode_rgba8(&bytes, &heifer::Options::default()).unwrap().into_rgb8()[at];
    let heic_rs = heic_rs::decode(&bytes, &heic_rs::DecodeOptions::default()).unwrap().data[at];
    println!("heifer {heifer}\nheic-rs {heic_rs}");
    let close = |a: u8, b: u8| a.abs_diff(b) <= 1;
    std::process::exit(if close(heifer, 60) && !close(heic_rs, 60) { 0 } else { 1 });
}
RUST
cargo run --quiet
