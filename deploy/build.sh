#!/bin/sh
# Builds the shop and packages its till: `sh deploy/build.sh netlify` or `sh deploy/build.sh lambda`.
# The same on Netlify, in GitHub Actions and by hand. Leaves dist/ and .bazaar/netlify/ or .bazaar/lambda/.
#
# This script gets the programs `bazaar` and `till`, into .bazaar/bin/; `sh deploy/build.sh programs` does no more. The rest is
# `bazaar prepare`: it asks the running till what is sold, makes the site, puts its snapshot into the till, and brings the tables of
# the database up to date.
#
# Variables, all optional:
#   BAZAAR_CONTEXT      production (default) or preview; Netlify's previews and branches are previews by themselves
#   BAZAAR_BASE_URL     where the site will be, if not at shop.yaml's url; Netlify's previews know theirs
#   SHOP_URL            where the running till is asked for the stock; on Netlify the site's own address
#   TILL_SWEEP_SECRET   opens the stock
#   DATABASE_DIRECT_URL, DATABASE_URL   whose tables are brought to this version
#   TILL_ARCH           x86_64 (default) or arm64: where the till will run; but for netlify, deploy/aws.env may say it. Netlify takes x86_64 only
#   TILL_TARGET         another Rust target for the till; `native` for this machine as it is
#   BAZAAR_PROGRAMS     a folder with the two programs: nothing is compiled or fetched; `programs` copies them into .bazaar/bin/
#   BAZAAR_RELEASES     where releases are, if .bazaar-version does not say so
set -eu

cd "$(dirname "$0")/.."

. deploy/common.sh

target=${1:-}
case $target in
    netlify | lambda | programs) ;;
    *) fail 2 "which host is it for?" "sh deploy/build.sh netlify, or sh deploy/build.sh lambda" ;;
esac
[ -f content/shop.yaml ] ||
    fail 2 "there is no content/shop.yaml in $PWD" "this script belongs into the folder deploy/ of a shop; \`bazaar init\` makes one"

# `bazaar prepare` would refuse it, too, but after the minutes in which it is compiled.
case ${BAZAAR_CONTEXT:-production} in
    production | preview) ;;
    *) fail 2 "BAZAAR_CONTEXT is $BAZAAR_CONTEXT" "write production or preview" ;;
esac

mkdir -p .bazaar
bin=.bazaar/bin

# The till runs on Amazon Linux, older than most machines that build: a static program runs on all of them.
machine=$(uname -m)
[ "$machine" != aarch64 ] || machine=arm64
arch=${TILL_ARCH:-} said_by=TILL_ARCH
if [ -z "$arch" ] && [ "$target" != netlify ] && [ -f deploy/aws.env ]; then
    arch=$(aws_env | sed -n 's/^TILL_ARCH=\(.\)/\1/p' | head -n 1) said_by="deploy/aws.env: TILL_ARCH"
fi
arch=${arch:-x86_64}
case $arch in
    x86_64) till_target=x86_64-unknown-linux-musl ;;
    arm64) till_target=aarch64-unknown-linux-musl ;;
    *) fail 2 "$said_by is $arch" "write x86_64 or arm64" ;;
esac
[ "$target/$arch" != netlify/arm64 ] || fail 2 "Netlify runs no functions on arm64" "leave TILL_ARCH out, or write x86_64"
till_target=${TILL_TARGET:-$till_target}

# The programs change whole: a build that is stopped leaves the old ones or none.
begin() {
    rm -rf "$bin.new"
    mkdir -p "$bin.new"
}
keep() {
    chmod 755 "$bin.new/bazaar" "$bin.new/till"
    printf '%s\n' "$1" >"$bin.new/key"
    rm -rf "$bin"
    mv "$bin.new" "$bin"
}
is_kept() {
    [ -n "$1" ] && [ -x "$bin/bazaar" ] && [ -x "$bin/till" ] && [ "$(cat "$bin/key" 2>/dev/null)" = "$1" ]
}

# What the programs are made of: the git tree ids of all but texts, photos, tests and what tells other programs how to work.
# Nothing when that cannot be told (no git, or files that are not committed): then cargo finds out.
sources() {
    apart='content|docs|tests|photos|bench|fuzz|xtask|\.ci|\.config|\.github|\.gitignore|\.bazaar-version|\.gitattributes|\.dockerignore|Dockerfile|netlify\.toml'
    apart="$apart|clippy\.toml|deny\.toml|rustfmt\.toml|LICENSE-[A-Z]*|[A-Z]*\.md"
    tree=$(git ls-tree HEAD 2>/dev/null) || return 0
    ! git status --porcelain 2>/dev/null | cut -c4- | grep -Evq "^\"?($apart)(/|\"?\$)" || return 0
    printf '%s\n' "$tree" | grep -Ev "[[:space:]]($apart)\$" | git hash-object --stdin
}

compile() {
    made_of=$(sources)
    key=${made_of:+"compiled $made_of $machine $till_target"}
    ! is_kept "$key" || return 0
    # All that can be missing is looked for before the first compiler runs: that one takes its time.
    has cargo || fail 3 "cargo is not here, and the programs are not compiled yet" "install Rust from https://rustup.rs, or give compiled ones: BAZAAR_PROGRAMS=FOLDER"
    if [ "$till_target" = native ]; then
        till_build=build
    elif has cargo-zigbuild; then
        till_build=zigbuild
    elif [ "$arch" = "$machine" ] && [ "$(uname -s)" = Linux ] && has musl-gcc; then
        till_build=build
    else
        fail 3 "no C compiler here makes programs for $till_target" \
            "pip install ziglang cargo-zigbuild (on Debian, for the machine's own architecture: apt-get install musl-tools)"
    fi
    [ "$till_target" = native ] || ! has rustup || rustup --quiet target add "$till_target"
    say "the programs changed: compiling them, for 20 to 40 minutes the first time; pushes of content alone compile nothing"
    begin
    release=${CARGO_TARGET_DIR:-target}
    cargo build --release --locked --package generator --bin bazaar
    if [ "$till_target" = native ]; then
        cargo build --profile till --locked --package functions --bin till
        till=$release/till/till
    else
        cargo $till_build --profile till --locked --package functions --bin till --target "$till_target"
        till=$release/$till_target/till/till
    fi
    for program in "$release/release/bazaar" "$till"; do
        [ -f "$program" ] || fail 3 "cargo left no $program" "unset CARGO_BUILD_TARGET and build.target-dir, or set CARGO_TARGET_DIR"
        cp "$program" "$bin.new/"
    done
    keep "$key"
}

sha256() {
    if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

# get ADDRESS FILE: never from https down to http.
get() {
    curl --fail --silent --show-error --location --proto "=${1%%:*}" --retry 2 --connect-timeout 20 --max-time 600 --output "$2" "$1"
}

# .bazaar-version: the version; then, in any order, the address of the releases and sha256 sums as sha256sum writes them. Sums
# that stand there, in git, count; otherwise those of the release do, which show damage but not who made it.
download() {
    version=$(sed -n '1s/[[:space:]]*$//p' .bazaar-version)
    releases=${BAZAAR_RELEASES:-$(sed -n '2,$s|^\(https\{0,1\}://[^[:space:]]*\)[[:space:]]*$|\1|p' .bazaar-version | head -n 1)}
    case $version in
        '' | *[!0-9A-Za-z.+-]*) fail 2 ".bazaar-version does not begin with a version" "write one into its first line, such as 0.1.0" ;;
    esac
    case $releases in
        https://* | http://127.0.0.1:* | http://localhost:*) ;;
        *) fail 2 "where are the releases of bazaar?" "write their address into .bazaar-version's second line: https://github.com/OWNER/REPOSITORY/releases/download" ;;
    esac
    host=${releases#*://}
    host=${host%%[:/]*}
    case $host in
        example.com | *.example.com)
            fail 2 "$releases is only an example: there is no release of bazaar" \
                "write the address of the releases into .bazaar-version's second line, or give compiled programs: BAZAAR_PROGRAMS=FOLDER, with bazaar and till in it"
            ;;
    esac
    case $(uname -s)/$machine in
        Linux/x86_64) host=x86_64-unknown-linux-musl ;;
        Linux/arm64) host=aarch64-unknown-linux-musl ;;
        Darwin/arm64) host=aarch64-apple-darwin ;;
        Darwin/x86_64) host=x86_64-apple-darwin ;;
        *) fail 3 "there is no release of bazaar for $(uname -s) on $machine" "compile it (cargo build --release) and give its folder: BAZAAR_PROGRAMS=FOLDER" ;;
    esac
    key="release $(cksum <.bazaar-version) $releases $host $till_target"
    ! is_kept "$key" || return 0
    for tool in curl tar; do
        has $tool || fail 3 "$tool is not here" "install it: the programs of bazaar are fetched with it"
    done
    begin
    sums=$bin.new/SHA256SUMS
    for name in "bazaar-$version-$host.tar.gz" "till-$version-$till_target.tar.gz"; do
        get "$releases/v$version/$name" "$bin.new/$name" ||
            fail 3 "$name could not be fetched from $releases/v$version" "is there such a release? .bazaar-version says which is wanted; or give compiled programs: BAZAAR_PROGRAMS=FOLDER"
        wanted=$(sum_of "$name" .bazaar-version)
        if [ -z "$wanted" ]; then
            [ -f "$sums" ] || get "$releases/v$version/SHA256SUMS" "$sums" ||
                fail 3 "the release has no SHA256SUMS" "take another release, or write the sums into .bazaar-version"
            wanted=$(sum_of "$name" "$sums")
        fi
        found=$(sha256 "$bin.new/$name")
        [ "$wanted" = "$found" ] ||
            fail 3 "$name is not what was released: its sha256 is $found, not ${wanted:-given}" "try again; if it stays so, do not use it and tell who released it"
        tar -xzf "$bin.new/$name" -C "$bin.new"
        rm "$bin.new/$name"
    done
    rm -f "$sums"
    for program in bazaar till; do
        [ -f "$bin.new/$program" ] || fail 3 "the release holds no $program" "take another release"
    done
    keep "$key"
    say "bazaar $version fetched"
}
sum_of() { sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1[[:space:]]*\$/\1/p" "$2" | head -n 1; }

if [ -n "${BAZAAR_PROGRAMS:-}" ]; then
    given=${BAZAAR_PROGRAMS%/}
    for program in bazaar till; do
        [ -x "$given/$program" ] || fail 2 "BAZAAR_PROGRAMS: there is no program $given/$program" "put bazaar and till there, or leave BAZAAR_PROGRAMS out"
    done
    if [ "$target" = programs ]; then
        # Who asks for the programs alone runs them from there.
        begin
        cp "$given/bazaar" "$given/till" "$bin.new/"
        keep given
    else
        bin=$given
    fi
elif [ -f Cargo.toml ] && [ -d generator ] && [ -d functions ]; then
    compile
elif [ -f .bazaar-version ]; then
    download
else
    fail 2 "nothing says which bazaar this shop is made with" "write the version into .bazaar-version and the address of the releases below it"
fi

[ "$target" != programs ] || exit 0

exec "$bin/bazaar" prepare --target "$target" --arch "$arch" --programs "$bin"
