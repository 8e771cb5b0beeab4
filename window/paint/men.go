package paint

import (
	"image"
	"math"
)

// The men of chess are those of the page (web/src/pieces.ts), a few paths in a box of 45 by 45 with their
// base at the bottom. Those of body are filled and outlined, those of lines only drawn; a test holds them
// to the page's.

// shape is one man.
type shape struct{ body, lines []string }

// manBox is the side of the box.
const manBox = 45

const base = "M11 39.5c0-3.2 1.6-4.6 3.6-5.2h15.8c2 .6 3.6 2 3.6 5.2z"

// shapes are the men by number: pawn, knight, bishop, rook, queen, king from 1 on.
var shapes = [...]shape{
	1: {
		body: []string{
			"M13 39.5c0-3 1.2-4.3 3.2-5 2.6-2.7 3.7-6.6 3.9-10.500h4.800c.2 3.9 1.3 7.8 3.9 10.5 2 .7 3.2 2 3.2 5z",
			"M17.3 24c0-1.1.9-2 2-2h6.400c1.1 0 2 .9 2 2s-.9 1.6-2 1.600h-6.400c-1.1 0-2-.5-2-1.600z",
			"M22.5 11.500a5.7 5.7 0 1 1 0 11.4 5.7 5.7 0 0 1 0-11.400z",
		},
		lines: []string{"M16.6 34.500h11.8"},
	},
	2: {
		body: []string{
			base,
			"M15 34.300c-.4-4.8 1.7-7.6 4.5-10 1-.9 1.5-1.8 1.5-2.9-1.7 1.3-3.7 1.6-5.2 2.5-1.1.7-1.6 1.9-2.9 2.2-1.8.4-3.4-1.3-3.1-3.2.2-1.3 1.3-2.2 2-3.5 1.4-2.7 2-5.6 4.6-7.600l-.3-4.300c1.7.5 3 1.4 3.9 2.800l1.1-3.100c1.4.8 2.3 2 2.7 3.5 7 1.7 9.8 8.2 9 15.3-.4 3.2-1.6 5.4-1.6 8.300z",
		},
		lines: []string{"M15 34.300h16.2", "M23.8 11.200c4.4 1.6 6.1 6.4 5.4 12.3"},
	},
	3: {
		body: []string{
			base,
			"M16.4 34.300c2.2-2.3 3.1-4.9 3.3-7.900h5.600c.2 3 1.1 5.6 3.3 7.900z",
			"M16.7 26.400c-2.1-1.7-3-3.8-3-6 0-4.3 4-7.7 8.8-11.9 4.8 4.2 8.8 7.6 8.8 11.9 0 2.2-.9 4.3-3 6z",
			"M22.5 4.600a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.600z",
		},
		lines: []string{"M16.4 34.300h12.2", "M16.7 26.400h11.6", "M22.5 14.200v7.600M18.7 18h7.6"},
	},
	4: {
		body: []string{
			base,
			"M15.3 34.300c1-4.5 1.5-9 1.6-13.300h11.200c.1 4.3.6 8.8 1.6 13.300z",
			"M13 11h4.300v2.800h3.200V11h4v2.800h3.200V11H32v6.500c0 1.9-1.6 3.5-3.5 3.500h-12c-1.9 0-3.5-1.6-3.5-3.500z",
		},
		lines: []string{"M15.3 34.300h14.4", "M16.9 21h11.2"},
	},
	5: {
		body: []string{
			base,
			"M15.1 34.300c.9-2.5 1.3-4.3 1.2-6.400L10.2 14.400l5.8 6 1.9-9.8 4.6 9.2 4.6-9.2 1.9 9.8 5.8-6-6.1 13.500c-.1 2.1.3 3.9 1.2 6.400z",
			"M9.6 10.700a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
			"M17.7 7.200a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
			"M27.3 7.200a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
			"M35.4 10.700a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
		},
		lines: []string{"M15.1 34.300h14.8", "M16.3 27.900c4 1.2 8.4 1.2 12.4 0"},
	},
	6: {
		body: []string{
			base,
			"M21 4.300h3v2.900h3v2.900h-3v4.200h-3v-4.200h-3V7.200h3z",
			"M15.1 34.300c.9-2.2 1.2-4 1.1-5.9-3.6-2-6.2-4.5-6.2-8 0-3.2 2.3-5.5 5.3-5.5 3.2 0 5.6 1.9 7.2 4.7 1.6-2.8 4-4.7 7.2-4.7 3 0 5.3 2.3 5.3 5.5 0 3.5-2.6 6-6.2 8-.1 1.9.2 3.7 1.1 5.900z",
			"M22.5 13.300c1.7 1.7 2.6 3.3 2.6 4.6 0 1.5-1 3-2.6 4.7-1.6-1.7-2.6-3.2-2.6-4.7 0-1.3.9-2.9 2.6-4.600z",
		},
		lines: []string{"M15.1 34.300h14.8", "M16.2 28.400c4.1 1.2 8.5 1.2 12.6 0"},
	},
}

const knight = 2

// Man returns a picture of a man, 1 for a pawn to 6 for a king, of the given side in pixels.
func Man(man int, white bool, side int) *image.RGBA {
	c := NewCanvas(side, side)
	if man < 1 || man >= len(shapes) {
		return c.RGBA
	}
	k := float64(side) / manBox
	body, edge, detail := RGB(0x2b3032), RGB(0x101314), RGB(0xdcd8cc)
	if white {
		body, edge, detail = RGB(0xfdfaf2), RGB(0x23282a), RGB(0x23282a)
	}
	pen := math.Max(1.5*k, 1)
	for _, d := range shapes[man].body {
		p := path(d).Scaled(k, 0, 0)
		c.Fill(p, body)
		c.Stroke(p, pen, edge)
	}
	for _, d := range shapes[man].lines {
		c.Stroke(path(d).Scaled(k, 0, 0), math.Max(1.4*k, 1), detail)
	}
	if man == knight {
		c.Fill(Circle(17.2*k, 17*k, 1.1*k), detail)
	}
	return c.RGBA
}

// path reads one of the paths above, which a test has read.
func path(d string) *Path {
	p, err := parsePath(d)
	if err != nil {
		return &Path{}
	}
	return p
}
