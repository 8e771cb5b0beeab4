#!/bin/sh
# build.sh builds the sample programs without a warning, with each compiler that the machine has:
#
#	./sdk/c/build.sh [FOLDER]     the programs go there; default: .cache/c in the project's root
#
#	console         gcc                  console.exe    mingw 64-bit      console32.exe  mingw 32-bit
#	                                     board.exe      mingw 64-bit      board32.exe    mingw 32-bit
#
# It prints each program it has built, and says which compilers are missing. WERROR= lets warnings pass.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:-$here/../../.cache/c}
mkdir -p "$out"
warnings="-Wall -Wextra -pedantic ${WERROR--Werror}"

# build PROGRAM COMPILER ARGUMENTS…
build() {
	program=$1 compiler=$2
	shift 2
	if ! command -v "$compiler" >/dev/null; then
		echo "$program: needs $compiler" >&2
		return
	fi
	# The compiler's arguments in $warnings are words of their own.
	# shellcheck disable=SC2086
	"$compiler" -O2 $warnings "$@" -o "$out/$program"
	echo "$out/$program"
}

console() { build "$1" "$2" -std=c99 "$here/examples/console.c" $3; } # $3 is one library or nothing
board() { build "$1" "$2" -std=c++11 -municode -mwindows -static -s "$here/examples/board.cpp" -lws2_32 -lgdi32; }

console console gcc ''
console console.exe x86_64-w64-mingw32-gcc -lws2_32
console console32.exe i686-w64-mingw32-gcc -lws2_32
board board.exe x86_64-w64-mingw32-g++
board board32.exe i686-w64-mingw32-g++
