#!/bin/sh
# npm `vnu-jar` 26.9.27 (the Nu Html Checker) calls `<link rel="expect" href="#foot" blocking="render">` an error. The HTML Standard names
# `expect` beside `stylesheet` as the two link types that take `blocking` (https://html.spec.whatwg.org/multipage/semantics.html#attr-link-blocking),
# and without the attribute the link does nothing. A site that waits with its first paint for a whole page fails a check for valid HTML.
#
# Seen: "error: A “link” element with a “blocking” attribute must have a “rel” attribute whose value is “stylesheet”." for the page with
# `blocking`, nothing for the page without. Needs Java. Ends with 1 when that has changed.
set -eu
command -v java >/dev/null || { echo "java was not found: install Java 17 or newer" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts vnu-jar@26.9.27
page() {
  printf '<!doctype html><html lang="en"><head><title>A page</title><link rel="expect" href="#foot"%s></head><body><footer id="foot"><p>End</p></footer></body></html>' "$1" >"$2"
}
page ' blocking="render"' with.html
page '' without.html
said() {
  java -jar node_modules/vnu-jar/build/dist/vnu.jar --exit-zero-always --format gnu "$1" 2>&1 | sed 's/^.*: error:/error:/'
}
echo "with blocking: $(said with.html)"
echo "without: $(said without.html)"
said with.html | grep -q '^error: A “link” element with a “blocking” attribute' && [ -z "$(said without.html)" ]
