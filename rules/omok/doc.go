// Package omok plays omok (five in a row): its rule sets, openings and notation.
package omok
