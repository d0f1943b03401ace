#!/bin/sh
# Publishes the shop on AWS, pages and till as one: `bazaar publish aws`, by the programs that build.sh fetches or compiles.
#
#   aws.sh deploy          build, deploy, look at the result, show it; back to the previous release if anything is wrong
#   aws.sh rollback        back to the release before the one that is shown
#   aws.sh smoke URL       is a shop whole? Home page, catalog, a page that is not there, a till of the same catalog
#   --dry-run              with any of these: prints every command, runs none, asks nobody
#
# docs/deploy-aws.md says what it needs and lists the settings of deploy/aws.env.
set -eu

cd "$(dirname "$0")/.."

. deploy/common.sh

# `bazaar publish aws` takes this machine's processor where nothing says another one: the till is fetched or compiled for the same.
if [ -z "${TILL_ARCH:-}" ] && ! { [ -f deploy/aws.env ] && aws_env | grep -q '^TILL_ARCH=.'; }; then
    TILL_ARCH=$(uname -m)
    [ "$TILL_ARCH" != aarch64 ] || TILL_ARCH=arm64
    export TILL_ARCH
fi

bin=${BAZAAR_PROGRAMS:-.bazaar/bin}
[ -n "${BAZAAR_PROGRAMS:-}" ] || sh deploy/build.sh programs
[ -x "$bin/bazaar" ] || fail 2 "BAZAAR_PROGRAMS: there is no program $bin/bazaar" "put bazaar and till there, or leave BAZAAR_PROGRAMS out"
exec "$bin/bazaar" publish aws "$@"
