package paint

import (
	"image"
	"image/color"
	"math"
)

// Stone returns a stone with light, a smooth edge and a shadow. The picture's middle is the
// stone's; around it is room for the shadow.
func Stone(white bool, r float64) *image.RGBA {
	side := 2 * int(math.Ceil(r*1.15)+5)
	p := image.NewRGBA(image.Rect(0, 0, side, side))
	mid := float64(side) / 2
	for i := range side * side {
		x, y := float64(i%side)+0.5-mid, float64(i/side)+0.5-mid
		stone := covered(r - math.Hypot(x, y))
		shadow := 0.42 * smooth((r+2-math.Hypot(x-r*0.06, y-r*0.16))/4)
		grey := light(white, math.Hypot(x+0.32*r, y+0.4*r)/(1.6*r))
		if white { // a rim, so that it stands out from the wood
			grey -= 42 * smooth((math.Hypot(x, y)-r+1.6)/1.6)
		}
		a := stone + (1-stone)*shadow
		warm := 0.0
		if white {
			warm = 6
		}
		p.SetRGBA(i%side, i/side, color.RGBA{level(grey * stone), level((grey - warm/3) * stone), level((grey - warm) * stone), level(255 * a)})
	}
	return p
}

// light is how light a stone is, by the distance from where the light falls, 0 to 1.
func light(white bool, away float64) float64 {
	away = min(away, 1)
	if white {
		return 255 - 62*away*away*away
	}
	near := 1 - away
	return 18 + 92*near*near
}

// covered says how much of a pixel lies inside an edge that is d pixels away.
func covered(d float64) float64 { return max(0, min(1, d+0.5)) }

// smooth rises from 0 to 1 without a corner.
func smooth(t float64) float64 {
	t = max(0, min(1, t))
	return t * t * (3 - 2*t)
}

func level(v float64) uint8 { return uint8(max(0, min(255, v)) + 0.5) }

// Wood fills a rectangle with the grain of a board, the same at every start.
func (c *Canvas) Wood(r image.Rectangle) {
	grain := noise(1024)
	at := func(x float64) float64 { // between two of the noise's values
		x = math.Mod(x+1024*16, 1024)
		i := int(x)
		f := x - float64(i)
		return grain[i]*(1-f) + grain[(i+1)%1024]*f
	}
	scale := 600 / float64(max(r.Dx(), 1)) // the same picture at each size
	for y := r.Min.Y; y < r.Max.Y; y++ {
		v := float64(y-r.Min.Y) * scale
		for x := r.Min.X; x < r.Max.X; x++ {
			u := float64(x-r.Min.X) * scale
			bend := 9*math.Sin(v/170+u/240) + 4*math.Sin(v/61+1.7)
			n := 0.55*at((u+bend)*0.30) + 0.30*at((u+bend)*1.1+300) + 0.15*at((u+v*0.03)*3.1+700)
			n = (n - 0.5) * 30
			c.SetRGBA(x, y, color.RGBA{level(221 + n*0.8), level(178 + n), level(112 + n*1.05), 255})
		}
	}
}

// noise returns values from 0 to 1 that jump about and are always the same.
func noise(n int) []float64 {
	v := make([]float64, n)
	seed := uint32(7)
	for i := range v {
		seed = seed*1664525 + 1013904223
		v[i] = float64(seed>>8) / (1 << 24)
	}
	return v
}
