#!/usr/bin/env bash
# Gets the image that all others begin from, debian:bookworm-slim: pulled or, where no image can be pulled, made from
# Debian's packages by debootstrap (as root). Copies this machine's certificates, which the build trusts.
set -euo pipefail
cd "$(dirname "$0")"

# Behind a proxy with a certificate authority of its own, pip and Maven must trust it. The images carry none of these.
find certificates -name '*.crt' -delete
cp /usr/local/share/ca-certificates/*.crt certificates/ 2>/dev/null || true

image=debian:bookworm-slim
if docker image inspect "$image" >/dev/null 2>&1 || timeout 120 docker pull -q "$image" 2>/dev/null; then
    exit
fi
command -v debootstrap >/dev/null || {
    echo "$image cannot be pulled, and debootstrap, which could make it, is not here:" \
        "apt-get install debootstrap (Debian, Ubuntu), dnf install debootstrap (Fedora)" >&2
    exit 1
}
echo "$image cannot be pulled: making it from Debian's packages"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" >"$root.log" || { tail -5 "$root.log" >&2; exit 1; }
rm -f "$root.log"
# Debootstrap has named the mirror it took the packages from; updates lie beside them.
read -r _ mirror _ <"$root/etc/apt/sources.list"
cat >"$root/etc/apt/sources.list" <<SOURCES
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb ${mirror%/}-security bookworm-security main
SOURCES
# What the slim image leaves out, now and in every package installed later.
cat >"$root/etc/dpkg/dpkg.cfg.d/slim" <<SLIM
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/lintian/*
path-include=/usr/share/doc/*/copyright
SLIM
find "$root/usr/share/doc" -type f ! -name copyright -delete
rm -rf "$root"/usr/share/{man,info,locale,lintian}/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*
tar -C "$root" -c . | docker import --change 'CMD ["bash"]' - "$image"
