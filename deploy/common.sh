# What build.sh and aws.sh have in common; read by both, from the shop's folder. `bazaar publish aws` reads deploy/aws.env by the same
# rules (generator/src/shell/publish/env_file.rs).

say() { printf '%s\n' "$*" >&2; }
# fail STATUS WHAT HELP
fail() {
    printf 'error: %s\n  = help: %s\n' "$2" "$3" >&2
    exit "$1"
}
has() { command -v "$1" >/dev/null 2>&1; }

# deploy/aws.env as NAME=value, one a line: without comments, Windows line ends, blanks around, and quotes around a value.
aws_env() {
    tr -d '\r' <deploy/aws.env | LC_ALL=C sed '
        s/^[[:blank:]]*//
        /^#/d
        /^\([^=]*=\)[[:blank:]]*\(["'\'']\)\([^"'\'']*\)\2\([[:blank:]]\{1,\}#.*\)*[[:blank:]]*$/{
            s//\1\3/
            b
        }
        s/[[:blank:]]#.*$//
        s/[[:blank:]]*$//
        s/^\([^=]*=\)[[:blank:]]*/\1/'
}
