#!/bin/sh
# Installs pyne: curl -fsSL URL/install.sh | PYNE_URL=URL sh
#
#   PYNE_URL      folder with the executables and SHA256SUMS (required; https://, http:// or file://)
#   PYNE_INSTALL  where the executable goes; default ~/.local/bin
set -eu

fail() { echo "install: $1" >&2; exit 1; }

url=${PYNE_URL:-}
[ -n "$url" ] || fail "PYNE_URL is not set: the folder that holds the executables and SHA256SUMS"
target=${PYNE_INSTALL:-$HOME/.local/bin}

case "$(uname -s)" in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) fail "no executable for $(uname -s); on Windows download pyne-windows-x64.exe" ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) fail "no executable for $(uname -m)" ;;
esac
name="pyne-$os-$arch"
if [ "$os" = linux ] && ls /lib/ld-musl-* >/dev/null 2>&1; then name="$name-musl"; fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

fetch() {
  if command -v curl >/dev/null 2>&1; then curl -fsSL "$1" -o "$2"
  elif command -v wget >/dev/null 2>&1; then wget -qO "$2" "$1"
  else fail "neither curl nor wget is here"; fi
}
fetch "$url/SHA256SUMS" "$folder/SHA256SUMS" || fail "$url/SHA256SUMS could not be fetched"
fetch "$url/$name" "$folder/$name" || fail "$url/$name could not be fetched"

wanted=$(awk -v name="$name" '$2 == name { print $1 }' "$folder/SHA256SUMS")
[ -n "$wanted" ] || fail "SHA256SUMS does not know $name"
if command -v sha256sum >/dev/null 2>&1; then found=$(sha256sum "$folder/$name" | cut -d ' ' -f 1)
else found=$(shasum -a 256 "$folder/$name" | cut -d ' ' -f 1); fi
[ "$wanted" = "$found" ] || fail "the checksum of $name is wrong: $found instead of $wanted"

mkdir -p "$target"
chmod 755 "$folder/$name"
mv "$folder/$name" "$target/pyne"
echo "installed $("$target/pyne" --version) to $target/pyne"
case ":$PATH:" in
  *":$target:"*) ;;
  *) echo "add it to your PATH: export PATH=\"$target:\$PATH\"" ;;
esac
