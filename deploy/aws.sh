#!/bin/sh
# Publishes the shop on AWS, pages and till as one: `sh deploy/aws.sh deploy`. docs/deploy-aws.md says what it needs.
#
#   aws.sh deploy          build, deploy, look at the result, show it; back to what was before if anything is wrong
#   aws.sh rollback        back to the release before the one that is shown
#   aws.sh smoke URL       is a shop whole? Home page, catalog, a page that is not there, a till of the same catalog
#   --dry-run              before any of these: prints every command, runs none, asks nobody
#
# In which order, and why:
#   1. deploy/build.sh     site, till, and the database's tables: a migration only adds, so the previous till runs on them
#   2. sam deploy          new code into both functions. The alias `live` stays: shoppers still get the previous version
#   3. publish, invoke     each new version is asked for its health, alone
#   4. upload              into releases/ID/, which nobody is shown yet; then it is looked at through CloudFront
#   5. tills, then pages   For some seconds old pages meet a new till: where a price differs the till says so
#                          (price_changed) and charges nothing before the shopper agreed. New pages never meet an old till.
#   6. look again, as shoppers do; if anything is wrong, pages and tills go back
#
# Settings, from the environment or, where it does not say, from deploy/aws.env (NAME=value, one a line; no secrets). An empty one
# counts as not set; but an empty SHOP_DOMAIN, CERTIFICATE_ARN, ALARM_MAIL, STRIPE_ACCOUNT, SUBNET_IDS or SECURITY_GROUP_IDS takes
# the stack's value away.
#   AWS_REGION              where the till and the bucket are
#   BAZAAR_STACK            the stack's name; shop
#   BAZAAR_SECRET           the secret's name in Secrets Manager; bazaar/STACK
#   BAZAAR_FRONT            cloudfront, or netlify: then only the till is published
#   BAZAAR_CONTEXT          production, or preview
#   BAZAAR_MIGRATE          by-hand where this machine cannot reach the database: run `bazaar database migrate` yourself, before
#   BAZAAR_KEEP             how many releases stay for a rollback; 5
#   TILL_ARCH               x86_64 or arm64; this machine's own
#   SHOP_DOMAIN CERTIFICATE_ARN ALARM_MAIL STRIPE_ACCOUNT LOG_RETENTION SHOPPER_CONCURRENCY STRIPE_CONCURRENCY TILL_MEMORY
#   PRICE_CLASS SUBNET_IDS SECURITY_GROUP_IDS     parameters of deploy/template.yaml; what is not set stays as it was
set -eu
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.."

# Without /_/ and the host's own files: what lies in releases/ID/.
PAGE_CACHE='public, max-age=0, s-maxage=31536000, must-revalidate'
FOREVER='public, max-age=31536000, immutable'
KINDS='html=text/html; charset=utf-8
css=text/css; charset=utf-8
js=text/javascript; charset=utf-8
json=application/json
xml=application/xml; charset=utf-8
txt=text/plain; charset=utf-8
svg=image/svg+xml
webmanifest=application/manifest+json
ico=image/x-icon
webp=image/webp
avif=image/avif
jpg=image/jpeg
jpeg=image/jpeg
png=image/png
gif=image/gif
woff2=font/woff2
pdf=application/pdf
mp4=video/mp4'

# --- words ------------------------------------------------------------------------------------------------------------

. deploy/common.sh

exec 3>&1
show() {
    for word in "$@"; do
        case $word in
            '' | *[!A-Za-z0-9_./:=@%,+-]*) printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\\\''/g")" ;;
            *) printf '%s ' "$word" ;;
        esac
    done >&3
    printf '\n' >&3
}

# done_with WHAT: the last line of a command.
done_with() {
    if [ -n "$dry" ]; then say "this was a dry run: nothing was done"; else say "$*"; fi
}

# run COMMAND...: does it, or prints it.
run() {
    if [ -n "$dry" ]; then show "$@"; else "$@"; fi
}
# ask STAND-IN COMMAND...: the command's answer; in a dry run the stand-in.
ask() {
    stand_in=$1
    shift
    if [ -n "$dry" ]; then
        show "$@"
        printf '%s\n' "$stand_in"
    else
        "$@"
    fi
}

# --- settings ---------------------------------------------------------------------------------------------------------

# Where a setting was found, for who has to change it.
whose() { case $from_file in *" $1 "*) printf 'deploy/aws.env: %s' "$1" ;; *) printf %s "$1" ;; esac; }
# must_be WHAT NAME VALUE PATTERN EXAMPLE
must_be() {
    printf '%s\n' "$3" | grep -Eqx "$4" || fail 2 "$(whose "$2") is \`$3\`, and that is no $1" "write it like this: $2=$5"
}

settings() {
    from_file=' '
    if [ -f deploy/aws.env ]; then
        while IFS= read -r line; do
            case $line in
                '') continue ;;
                *=*) name=${line%%=*} ;;
                *) name= ;;
            esac
            case $name in
                '' | [!A-Z]* | *[!A-Z0-9_]*) fail 2 "deploy/aws.env: \`$line\` is no setting" "write NAME=value, one a line" ;;
                # Of these, empty is a value.
                SHOP_DOMAIN | CERTIFICATE_ARN | ALARM_MAIL | STRIPE_ACCOUNT | SUBNET_IDS | SECURITY_GROUP_IDS) eval "known=\${$name+yes}" ;;
                *) eval "known=\${$name:+yes}" ;;
            esac
            [ -n "$known" ] || { export "$name=${line#*=}" && from_file="$from_file$name "; }
        done <<END
$(aws_env)
END
    fi
    stack=${BAZAAR_STACK:-shop}
    secret_name=${BAZAAR_SECRET:-bazaar/$stack}
    front=${BAZAAR_FRONT:-cloudfront}
    context=${BAZAAR_CONTEXT:-production}
    keep=${BAZAAR_KEEP:-5}
    machine=$(uname -m)
    case $machine in aarch64) machine=arm64 ;; esac
    arch=${TILL_ARCH:-$machine}
    region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
    [ -n "$region" ] || [ -n "$dry" ] || fail 2 "AWS_REGION is not set" "write the region into deploy/aws.env: AWS_REGION=eu-west-3"
    [ -z "$region" ] || must_be region AWS_REGION "$region" '[a-z]+(-[a-z]+)+-[0-9]+' eu-west-3
    must_be "name of a stack (letters, digits and hyphens, a letter first)" BAZAAR_STACK "$stack" '[A-Za-z][-A-Za-z0-9]*' my-shop
    [ -z "${SHOP_DOMAIN:-}" ] || must_be domain SHOP_DOMAIN "$SHOP_DOMAIN" '[a-z0-9-]+(\.[a-z0-9-]+)+' www.example.com
    region=${region:-REGION}
    export AWS_REGION="$region" AWS_DEFAULT_REGION="$region" AWS_PAGER=""
    case $front in cloudfront | netlify) ;; *) fail 2 "$(whose BAZAAR_FRONT) is $front" "write cloudfront or netlify" ;; esac
    case $context in production | preview) ;; *) fail 2 "$(whose BAZAAR_CONTEXT) is $context" "write production or preview" ;; esac
    case $arch in x86_64 | arm64) ;; *) fail 2 "$(whose TILL_ARCH) is $arch" "write x86_64 or arm64" ;; esac
    case $keep in '' | 0 | *[!0-9]*) fail 2 "$(whose BAZAAR_KEEP) is $keep" "write a number from 1 on" ;; esac
    [ -z "${CERTIFICATE_ARN:-}" ] || [ -n "${SHOP_DOMAIN:-}" ] || fail 2 "there is CERTIFICATE_ARN without SHOP_DOMAIN" "set both, or none for CloudFront's own name"
    [ -n "$dry" ] && return
    for tool in aws "$@" curl awk sed; do
        has "$tool" || fail 3 "$tool is not here" "docs/deploy-aws.md, step 1, says how to install it"
    done
    case $(aws --version 2>&1) in
        aws-cli/1.*) fail 3 "this is version 1 of the AWS CLI" "install version 2: the release is switched in CloudFront's KeyValueStore, which version 1 cannot sign for" ;;
    esac
    aws sts get-caller-identity --query Account --output text >/dev/null ||
        fail 3 "AWS does not know who you are: no credentials, old ones, or no way to AWS; its own words are above" \
            "aws sso login; the first time docs/deploy-aws.md, step 3, says how to get credentials"
}

sha256() { if has sha256sum; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# --- the stack --------------------------------------------------------------------------------------------------------

output() {
    ask "<$1>" aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}

outputs() {
    shopper_till=$(output ShopperTill)
    stripe_till=$(output StripeTill)
    if [ "$front" = cloudfront ]; then
        address=$(output Address)
        distribution=$(output DistributionDomain)
        bucket=$(output Bucket)
        pointer=$(output Pointer)
        for part in "$address" "$distribution" "$bucket" "$pointer"; do
            case $part in '' | None) fail 3 "the stack $stack has no pages" "it was made with BAZAAR_FRONT=netlify: take another BAZAAR_STACK" ;; esac
        done
    fi
}

# The till's secrets, out of the JSON in Secrets Manager. They stay in this program and in what it starts.
secrets() {
    secret_version=$(ask 00000000-0000-0000-0000-000000000000 aws secretsmanager get-secret-value --secret-id "$secret_name" --query VersionId --output text) ||
        fail 3 "the secret $secret_name cannot be read" "docs/deploy-aws.md, step 4, makes it; is it in the region $region?"
    if [ -n "$dry" ]; then
        show aws secretsmanager get-secret-value --secret-id "$secret_name" --version-id "$secret_version" --query SecretString --output text
        build_hook=no sender=no edge_also=no sweep_also=no
        return
    fi
    secret=$(aws secretsmanager get-secret-value --secret-id "$secret_name" --version-id "$secret_version" --query SecretString --output text | tr -d '\n')
    missing=
    for key in STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRETS DATABASE_URL TILL_LINK_KEYS TILL_SWEEP_SECRET TILL_EDGE_SECRET SMTP_URL; do
        [ -n "$(secret_of $key)" ] || missing="$missing $key"
    done
    [ -z "$missing" ] || fail 2 "the secret $secret_name lacks$missing" "docs/deploy-aws.md, step 4, says what each is"
    for key in TILL_SWEEP_SECRET TILL_SWEEP_SECRET_ALSO TILL_EDGE_SECRET TILL_EDGE_SECRET_ALSO; do
        case $(secret_of $key) in
            *[!A-Za-z0-9._~+/=-]*) fail 2 "$key holds more than letters and digits, and it travels in a header" "one secret, without commas; make it with: openssl rand -hex 32" ;;
        esac
    done
    case $context/$(secret_of STRIPE_SECRET_KEY) in
        preview/*_live_*) fail 2 "STRIPE_SECRET_KEY is live, and this is a preview" "put a test key into $secret_name, or another BAZAAR_SECRET" ;;
        production/*_test_*) fail 2 "STRIPE_SECRET_KEY is a test key, and this is production: nobody would pay" "BAZAAR_CONTEXT=preview, or a live key" ;;
    esac
    build_hook=no sender=no edge_also=no sweep_also=no
    [ -z "$(secret_of SMTP_FROM)" ] || sender=yes
    [ -z "$(secret_of TILL_BUILD_HOOK)" ] || build_hook=yes
    [ -z "$(secret_of TILL_EDGE_SECRET_ALSO)" ] || edge_also=yes
    [ -z "$(secret_of TILL_SWEEP_SECRET_ALSO)" ] || sweep_also=yes
}
secret_of() { printf '%s\n' "$secret" | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"\\\\]*\)\".*/\1/p"; }

build() {
    if [ -n "$dry" ]; then
        show env "BAZAAR_CONTEXT=$context" "TILL_ARCH=$arch" "SHOP_URL=$1" "TILL_SWEEP_SECRET=<secret>" "DATABASE_URL=<secret>" "DATABASE_DIRECT_URL=<secret>" sh deploy/build.sh lambda
        return
    fi
    (
        BAZAAR_CONTEXT=$context TILL_ARCH=$arch SHOP_URL=$1
        TILL_SWEEP_SECRET=$(secret_of TILL_SWEEP_SECRET)
        STRIPE_SECRET_KEY=$(secret_of STRIPE_SECRET_KEY)
        export BAZAAR_CONTEXT TILL_ARCH SHOP_URL TILL_SWEEP_SECRET STRIPE_SECRET_KEY
        unset DATABASE_URL DATABASE_DIRECT_URL
        if [ "${BAZAAR_MIGRATE:-}" != by-hand ]; then
            DATABASE_URL=$(secret_of DATABASE_URL)
            DATABASE_DIRECT_URL=$(secret_of DATABASE_DIRECT_URL)
            export DATABASE_URL
            [ -z "$DATABASE_DIRECT_URL" ] || export DATABASE_DIRECT_URL
        fi
        exec sh deploy/build.sh lambda
    )
}

# Whatever is not set keeps the value it has in the stack.
stack_up() {
    set -- "Front=$front" "Architecture=$arch" "Context=$context" "SecretName=$secret_name" "SecretVersion=$secret_version" "HasBuildHook=$build_hook" \
        "HasSender=$sender" "HasEdgeAlso=$edge_also" "HasSweepAlso=$sweep_also"
    [ -z "${SHOP_DOMAIN+set}" ] || set -- "$@" "ShopDomain=\"$SHOP_DOMAIN\""
    [ -z "${CERTIFICATE_ARN+set}" ] || set -- "$@" "CertificateArn=\"$CERTIFICATE_ARN\""
    [ -z "${ALARM_MAIL+set}" ] || set -- "$@" "AlarmMail=\"$ALARM_MAIL\""
    [ -z "${STRIPE_ACCOUNT+set}" ] || set -- "$@" "StripeAccount=\"$STRIPE_ACCOUNT\""
    [ -z "${LOG_RETENTION:-}" ] || set -- "$@" "LogRetention=$LOG_RETENTION"
    [ -z "${SHOPPER_CONCURRENCY:-}" ] || set -- "$@" "ShopperConcurrency=$SHOPPER_CONCURRENCY"
    [ -z "${STRIPE_CONCURRENCY:-}" ] || set -- "$@" "StripeConcurrency=$STRIPE_CONCURRENCY"
    [ -z "${TILL_MEMORY:-}" ] || set -- "$@" "Memory=$TILL_MEMORY"
    [ -z "${PRICE_CLASS:-}" ] || set -- "$@" "PriceClass=$PRICE_CLASS"
    [ -z "${SUBNET_IDS+set}" ] || set -- "$@" "SubnetIds=\"$SUBNET_IDS\""
    [ -z "${SECURITY_GROUP_IDS+set}" ] || set -- "$@" "SecurityGroupIds=\"$SECURITY_GROUP_IDS\""
    policy=$(header_of /404.html content-security-policy)
    [ -z "$policy" ] || set -- "$@" "PagePolicy=\"$policy\""
    run sam deploy --template-file deploy/template.yaml --stack-name "$stack" --region "$region" --resolve-s3 --s3-prefix "$stack" \
        --capabilities CAPABILITY_IAM --no-confirm-changeset --no-fail-on-empty-changeset --parameter-overrides "$@"
}

# --- the till ---------------------------------------------------------------------------------------------------------

live() { ask '<version>' aws lambda get-alias --function-name "$1" --name live --query FunctionVersion --output text; }
make_live() { run aws lambda update-alias --function-name "$1" --name live --function-version "$2" --query FunctionVersion --output text >/dev/null; }

publish() {
    run aws lambda wait function-updated-v2 --function-name "$1" >/dev/null
    ask 2 aws lambda publish-version --function-name "$1" --query Version --output text
}

# is_well FUNCTION VERSION CATALOG: does this version answer, with this catalog? Asked without any address.
is_well() {
    event='{"version":"2.0","routeKey":"$default","rawPath":"/api/health","rawQueryString":"","headers":{},"requestContext":{"accountId":"anonymous","apiId":"deploy","domainName":"deploy","domainPrefix":"deploy","http":{"method":"GET","path":"/api/health","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":"deploy"},"requestId":"deploy","routeKey":"$default","stage":"$default","time":"01/Jan/2026:00:00:00 +0000","timeEpoch":0},"isBase64Encoded":false}'
    run aws lambda invoke --function-name "$1" --qualifier "$2" --cli-binary-format raw-in-base64-out --payload "$event" --query StatusCode --output text "$work/health" >/dev/null
    [ -z "$dry" ] || return 0
    health=$(tr -d '\\' <"$work/health")
    case $health in *'"statusCode":200'*) ;; *) say "$1, version $2, is not well: $health"; return 1 ;; esac
    case $health in *"\"catalog\":\"$3\""*) ;; *) say "$1, version $2, has another catalog than $3: $health"; return 1 ;; esac
}

# --- the pages --------------------------------------------------------------------------------------------------------

# The headers of a file as dist/_headers gives them: NAME<tab>value. Only `/*`, `/_/*` and whole paths are known.
headers_of() {
    [ -f dist/_headers ] || return 0
    awk -v file="$1" '
        /^[[:space:]]*(#|$)/ { next }
        /^[^[:space:]]/ { pattern = $1; here = pattern == "/*" || pattern == file; next }
        here {
            colon = index($0, ":")
            name = tolower(substr($0, 1, colon - 1)); gsub(/[[:space:]]/, "", name)
            value = substr($0, colon + 1); gsub(/^[[:space:]]+|[[:space:]]+$/, "", value)
            if (!(name in all)) order[++count] = name
            all[name] = value
        }
        END { for (i = 1; i <= count; i++) printf "%s\t%s\n", order[i], all[order[i]] }' dist/_headers
}
header_of() { headers_of "$1" | awk -F '\t' -v name="$2" '$1 == name { print $2 }'; }
# As metadata for S3, which the function PageResponse turns into headers again.
metadata() {
    headers_of "$1" | awk -F '\t' '
        $1 == "cache-control" { next }
        { value = $2; gsub(/\\/, "\\\\", value); gsub(/"/, "\\\"", value); printf "%s\"h-%s\":\"%s\"", (some++ ? "," : "{"), $1, value }
        END { print some ? "}" : "{}" }'
}
cache() {
    said=$(header_of "$1" cache-control)
    printf '%s\n' "${said:-$PAGE_CACHE}"
}
own_headers() { [ ! -f dist/_headers ] || awk '/^\// && $1 != "/*" && $1 != "/_/*" { print $1 }' dist/_headers; }

check_site() {
    for file in index.html 404.html catalog.json _headers; do
        [ -f "dist/$file" ] || fail 3 "dist/$file is not there" "run \`bazaar build\`: is the shop whole?"
    done
    own_headers | while IFS= read -r path; do
        case $path in *'*'* | *:*) fail 3 "dist/_headers has rules for $path, which aws.sh does not know" "whole paths, /* and /_/* can be published" ;; esac
    done
    strange=$(redirects x | grep '^strange' || :)
    [ -z "$strange" ] || fail 3 "dist/_redirects: $strange" "aws.sh knows 301 from one path to another, and pages of errors"
    # S3 keeps 2 kB of metadata for a file.
    [ "$(metadata / | wc -c)" -lt 1900 ] || fail 3 "the headers of dist/_headers are longer than S3 keeps" "fewer inline scripts make the policy shorter"
}

# dist/_redirects as JSON for the KeyValueStore, fifty a line.
redirects() {
    [ -f dist/_redirects ] || return 0
    awk -v id="$1" '
        /^[[:space:]]*(#|$)/ || $3 == "404" { next }
        ($3 != "301" && $3 != "301!") || $1 ~ /[*:"\\]/ || $2 ~ /[*"\\]/ { printf "\nstrange line: %s\n", $0; next }
        { printf "%s{\"Key\":\"%s:%s\",\"Value\":\"%s\"}", (in_line ? "," : "["), id, $1, $2; if (++in_line == 50) { print "]"; in_line = 0 } }
        END { if (in_line) print "]" }' dist/_redirects
}

etag() { ask ETAG aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn "$pointer" --query ETag --output text; }
shown() {
    found=$(ask '' aws cloudfront-keyvaluestore list-keys --kvs-arn "$pointer" --query "Items[?Key=='release'].Value" --output text)
    printf '%s\n' "$found" | tr '\t' '\n' | sed -n '/^[0-9a-f]\{32\}$/p'
}

# The copy of 404.html at the top is CloudFront's page of errors, of whatever release.
show_release() {
    run aws s3 cp "s3://$bucket/releases/$1/404.html" "s3://$bucket/404.html" --only-show-errors --metadata-directive REPLACE \
        --content-type 'text/html; charset=utf-8' --cache-control 'public, max-age=60'
    run aws cloudfront-keyvaluestore put-key --kvs-arn "$pointer" --key release --value "$1" --if-match "$(etag)" --query ItemCount --output text >/dev/null
}

# Before the first release nothing is shown: the address says 503 and when to come again.
show_nothing() {
    [ -z "$(shown)" ] ||
        run aws cloudfront-keyvaluestore delete-key --kvs-arn "$pointer" --key release --if-match "$(etag)" --query ItemCount --output text >/dev/null
}

upload() {
    to=s3://$bucket/releases/$1
    known=
    while IFS='=' read -r ending type; do
        known="$known --exclude *.$ending"
        if [ -d dist/_ ] && [ -n "$(find dist/_ -name "*.$ending" | head -n 1)" ]; then
            # The address holds a digest of the bytes: what is there is right.
            run aws s3 sync dist/_ "s3://$bucket/_" --size-only --only-show-errors --exclude '*' --include "*.$ending" \
                --content-type "$type" --cache-control "$FOREVER" </dev/null
        fi
        if [ -n "$(find dist -path dist/_ -prune -o -name "*.$ending" -print | head -n 1)" ]; then
            run aws s3 cp dist "$to" --recursive --only-show-errors --exclude '*' --include "*.$ending" --exclude '_/*' \
                --content-type "$type" --cache-control "$(cache /)" --metadata "$(metadata /)" </dev/null
        fi
    done <<END
$KINDS
END
    set -f # `*.html` is a word for aws, not for this shell
    # shellcheck disable=SC2086
    [ ! -d dist/_ ] || run aws s3 sync dist/_ "s3://$bucket/_" --size-only --only-show-errors $known --cache-control "$FOREVER"
    # shellcheck disable=SC2086
    run aws s3 cp dist "$to" --recursive --only-show-errors $known --exclude '_/*' --exclude _headers --exclude _redirects \
        --cache-control "$(cache /)" --metadata "$(metadata /)"
    set +f
    own_headers | while IFS= read -r path; do
        [ -f "dist$path" ] || continue
        type=$(printf '%s\n' "$KINDS" | sed -n "s/^${path##*.}=//p")
        run aws s3 cp "dist$path" "$to$path" --only-show-errors --content-type "${type:-application/octet-stream}" \
            --cache-control "$(cache "$path")" --metadata "$(metadata "$path")" </dev/null
    done
    redirects "$1" | while IFS= read -r puts; do
        run aws cloudfront-keyvaluestore update-keys --kvs-arn "$pointer" --if-match "$(etag)" --puts "$puts" --query ItemCount --output text </dev/null >/dev/null
    done
}

# --- looking at it ----------------------------------------------------------------------------------------------------

# get PATH: status, $work/head, $work/body. Sees the release $looked_at where one is named; through $through where DNS may not know yet.
get() {
    set -- "$site$1" --silent --show-error --max-time 30 --output "$work/body" --dump-header "$work/head" --write-out '%{http_code}'
    [ -z "$looked_at" ] || set -- "$@" --header "x-release: $looked_at"
    [ -z "$through" ] || set -- "$@" --connect-to "::$through:443"
    if [ -n "$dry" ]; then
        show curl "$@"
        status=dry
    else
        status=$(curl "$@") || status=000
    fi
}
expect() {
    [ "$status" = "$1" ] || [ -n "$dry" ] || { say "$site$2 answered $status, not $1"; return 1; }
}
said() { [ -n "$dry" ] || grep -qF "$1" "$work/body"; }

look_at_pages() {
    get / && expect 200 / || return 1
    if [ -z "$dry" ]; then
        tr -d '\r' <"$work/head" | grep -qi '^content-security-policy: .' || { say "$site/ has no Content-Security-Policy"; return 1; }
        ! grep -qi '^x-amz-meta-' "$work/head" || { say "$site/ shows S3's metadata: the function PageResponse did not run"; return 1; }
    fi
    get /catalog.json && expect 200 /catalog.json || return 1
    if [ -z "$catalog" ]; then
        catalog=$(catalog_hash "$work/body")
    fi
    said "\"hash\":\"$catalog\"" || { say "$site/catalog.json is of another build than $catalog"; return 1; }
}
look_at_all() {
    look_at_pages || return 1
    get /there-is-no-such-page/ && expect 404 /there-is-no-such-page/ || return 1
    get /api/health && expect 200 /api/health || return 1
    said "\"catalog\":\"$catalog\"" || { say "the till at $site sells another catalog than $catalog"; return 1; }
}
# Some places of CloudFront learn of a new release seconds later than others.
look_again() {
    tries=0
    until look_at_all; do
        tries=$((tries + 1))
        [ "$tries" -lt 12 ] || return 1
        say "looking again in five seconds"
        sleep 5
    done
}
catalog_hash() { sed -n '1s/^{"hash":"\([0-9a-f]\{64\}\)".*/\1/p' "$1"; }

# --- releases ---------------------------------------------------------------------------------------------------------

# A release that was shown has a note: markers/ID, with the versions of its tills, its catalog, and its files below /_/.
notes() {
    found=$(ask '' aws s3api list-objects-v2 --bucket "$bucket" --prefix markers/ --query 'sort_by(Contents || `[]`, &LastModified)[].Key' --output text)
    printf '%s\n' "$found" | tr '\t' '\n' | sed -n 's|^markers/\([0-9a-f]\{32\}\)$|\1|p'
}
note() { ask "shopper 1
stripe 1
catalog 0" aws s3 cp "s3://$bucket/markers/$1" -; }
take_note() {
    {
        printf 'shopper %s\nstripe %s\ncatalog %s\n' "$2" "$3" "$4"
        (cd dist && [ ! -d _ ] || find _ -type f | sort | sed 's/^/file /')
    } >"$work/note"
    run aws s3 cp "$work/note" "s3://$bucket/markers/$1" --only-show-errors --content-type 'text/plain; charset=utf-8'
}

# What is older than the last $keep releases goes: its pages, redirects, tills, and files below /_/ that none of the others needs.
prune() {
    notes >"$work/notes"
    many=$(grep -c . "$work/notes" || :)
    [ "$many" -gt "$keep" ] || return 0
    now=$(shown)
    head -n "$((many - keep))" "$work/notes" | grep -v "^$now\$" >"$work/old" || return 0
    grep -vxF -f "$work/old" "$work/notes" | while IFS= read -r id; do note "$id" || exit 1; done >"$work/needed" || return 1
    while IFS= read -r id; do
        note "$id" >"$work/one" || return 1
        run aws s3 rm "s3://$bucket/releases/$id" --recursive --only-show-errors </dev/null || return 1
        for pair in "shopper $shopper_till" "stripe $stripe_till"; do
            version=$(sed -n "s/^${pair%% *} //p" "$work/one")
            grep -qx "${pair%% *} $version" "$work/needed" ||
                run aws lambda delete-function --function-name "${pair#* }" --qualifier "$version" </dev/null || warn "version $version of ${pair#* } could not be deleted"
        done
        ask '' aws cloudfront-keyvaluestore list-keys --kvs-arn "$pointer" --query "Items[?starts_with(Key, '$id:')].Key" --output text </dev/null |
            tr '\t' '\n' | sed -n "/^$id:/p" >"$work/keys"
        awk '{ printf "%s{\"Key\":\"%s\"}", (n ? "," : "["), $0; if (++n == 50) { print "]"; n = 0 } } END { if (n) print "]" }' "$work/keys" |
            while IFS= read -r deletes; do
                run aws cloudfront-keyvaluestore update-keys --kvs-arn "$pointer" --if-match "$(etag)" --deletes "$deletes" --query ItemCount --output text </dev/null >/dev/null || exit 1
            done || return 1
        run aws s3 rm "s3://$bucket/markers/$id" --only-show-errors </dev/null || return 1
    done <"$work/old"
    sed -n 's/^file //p' "$work/needed" | sort -u >"$work/files"
    ask '' aws s3api list-objects-v2 --bucket "$bucket" --prefix _/ --query 'Contents[].[Key]' --output text | sed -n '/^_\//p' | sort >"$work/there"
    comm -13 "$work/files" "$work/there" | while IFS= read -r file; do
        run aws s3 rm "s3://$bucket/$file" --only-show-errors </dev/null || exit 1
    done
}

# --- commands ---------------------------------------------------------------------------------------------------------

# From the first alias that moved to the last look: whatever ends this program takes pages and tills back.
going_back=
go_back() {
    trap - EXIT INT TERM
    [ -n "$going_back" ] || return 0
    going_back=
    say "going back to what was before"
    if [ "$front" = cloudfront ] && [ -n "$release_before" ]; then
        show_release "$release_before" || warn "the pages could not go back: sh deploy/aws.sh rollback"
    elif [ "$front" = cloudfront ]; then
        show_nothing || warn "the pages of the release that is not whole are still shown: sh deploy/aws.sh deploy"
    fi
    make_live "$shopper_till" "$shopper_before" || warn "$shopper_till could not go back to version $shopper_before"
    make_live "$stripe_till" "$stripe_before" || warn "$stripe_till could not go back to version $stripe_before"
}
end() {
    status_at_end=$?
    go_back
    rm -rf "$work"
    exit "$status_at_end"
}

# change SHOPPER-VERSION STRIPE-VERSION RELEASE: tills first, then pages, then a look.
change() {
    shopper_before=$(live "$shopper_till")
    stripe_before=$(live "$stripe_till")
    release_before=
    [ "$front" != cloudfront ] || release_before=$(shown)
    going_back=yes
    make_live "$stripe_till" "$2"
    make_live "$shopper_till" "$1"
    if [ "$front" = cloudfront ]; then
        show_release "$3"
        looked_at=
        look_again || fail 3 "the shop is not whole after the change" "the lines above say what was found; nothing new is shown"
    fi
    going_back=
}

deploy() {
    settings sam
    secrets
    say "building"
    there=
    if [ "$front" = cloudfront ]; then
        there=$(output Address 2>/dev/null) || there= # the first time there is no stack
        [ "$there" != None ] || there=
    elif [ -n "${SHOP_DOMAIN:-}" ]; then
        there=https://$SHOP_DOMAIN
    fi
    build "${SHOP_URL:-$there}"
    if [ -z "$dry" ] || [ -f dist/catalog.json ]; then
        check_site
        catalog=$(catalog_hash dist/catalog.json)
    else
        catalog=CATALOG
    fi
    if [ -f .bazaar/lambda/bootstrap ]; then
        # Same pages, same till, same release.
        id=$( (cd dist && find . -type f -exec sh -c 'if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi' sh {} + | sort &&
            sha256 ../.bazaar/lambda/bootstrap) | sha256 | cut -c1-32)
    else
        [ -n "$dry" ] || fail 3 ".bazaar/lambda/bootstrap is not there" "deploy/build.sh should have left it: what did it say?"
        id=RELEASE
    fi

    # What else the till needs beside it, in /var/task: a database's certificate, for example.
    [ ! -d deploy/lambda ] || run cp deploy/lambda/* .bazaar/lambda/
    say "deploying the stack $stack in $region"
    stack_up
    outputs
    shopper_version=$(publish "$shopper_till")
    stripe_version=$(publish "$stripe_till")
    is_well "$shopper_till" "$shopper_version" "$catalog" && is_well "$stripe_till" "$stripe_version" "$catalog" ||
        fail 3 "the new till is not well" "nothing was changed for shoppers; docs/operations.md, \"When the till is closed\""

    if [ "$front" = cloudfront ]; then
        say "uploading release $id"
        upload "$id"
        site=$address through=$distribution looked_at=$id
        look_at_pages || fail 3 "the new pages are not whole" "the lines above say what was found; nothing was changed for shoppers"
    fi
    say "changing"
    change "$shopper_version" "$stripe_version" "$id"
    if [ "$front" = cloudfront ]; then
        take_note "$id" "$shopper_version" "$stripe_version" "$catalog"
        prune || warn "old releases could not be deleted; the next deploy tries again"
        said_url=$(sed -n 's/^url:[[:space:]]*["'\'']\{0,1\}\([^"'\''[:space:]#]*\).*/\1/p' content/shop.yaml | head -n 1)
        [ -n "$dry" ] || [ -n "${BAZAAR_BASE_URL:-}" ] || [ "${said_url%/}" = "$address" ] ||
            warn "content/shop.yaml says the shop is at $said_url, and it is at $address: nobody can pay there until \`url:\` says so and you deploy again"
        done_with "release $id is shown at $address"
    else
        done_with "the till answers at $(output ShopperUrl) (shoppers) and $(output StripeUrl) (Stripe)"
    fi
}

# What a person types to take a till back.
way_back() {
    cat <<END
    # live is $(live "$1") now; all versions, then back to one of them:
    aws lambda list-versions-by-function --region $region --function-name $1 --query 'Versions[].[Version,LastModified]' --output text
    aws lambda update-alias --region $region --function-name $1 --name live --function-version VERSION
END
}

rollback() {
    settings
    outputs
    [ "$front" = cloudfront ] || fail 2 "the pages are at Netlify: this command cannot take them back" \
        "take the tills back first, to the version before the one that is live, then the pages at Netlify (Deploys, an earlier one, Publish deploy):
$(way_back "$stripe_till")
$(way_back "$shopper_till")"
    now=$(shown)
    notes >"$work/notes"
    [ -z "$dry" ] || printf '%s\n' RELEASE-BEFORE >"$work/notes"
    # The one before the one that is shown; where that one has no note (its deploy was stopped), the last that has.
    if [ -n "$now" ] && grep -qx "$now" "$work/notes"; then
        id=$(sed "/^$now\$/,\$d" "$work/notes" | tail -n 1)
    else
        id=$(tail -n 1 "$work/notes")
    fi
    [ -n "$id" ] || fail 2 "there is no release before this one" "publish the commit of before: git revert, then sh deploy/aws.sh deploy"
    note "$id" >"$work/note"
    shopper_version=$(sed -n 's/^shopper //p' "$work/note")
    stripe_version=$(sed -n 's/^stripe //p' "$work/note")
    catalog=$(sed -n 's/^catalog //p' "$work/note")
    is_well "$shopper_till" "$shopper_version" "$catalog" && is_well "$stripe_till" "$stripe_version" "$catalog" ||
        fail 3 "the till of that release is not well any more" "was a secret changed since? Then deploy the commit of before: git revert, sh deploy/aws.sh deploy"
    site=$address through=$distribution
    change "$shopper_version" "$stripe_version" "$id"
    done_with "release $id is shown again at $address"
}

smoke() {
    site=${1%/}
    [ -n "$dry" ] || has curl || fail 3 "curl is not here" "install it"
    look_at_all || fail 3 "$site is not whole" "the line above says what was found"
    done_with "$site is whole: catalog ${catalog:-of the pages and of the till are the same}"
}

usage() { sed -n '2,7s/^# \{0,1\}//p' deploy/aws.sh >&2; }

dry=
[ "${1:-}" != --dry-run ] || { dry=yes; shift; }
command=${1:-}
[ $# -eq 0 ] || shift
[ "${1:-}" != --dry-run ] || { dry=yes; shift; }
case $command/$# in
    deploy/0 | rollback/0 | smoke/1) ;;
    *)
        usage
        exit 2
        ;;
esac
site='' through='' looked_at='' catalog='' release_before=''
work=$(mktemp -d)
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$command" "$@"
