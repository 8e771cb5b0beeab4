// Command resource writes the resources of the Windows programs: the icon, the version that Explorer shows, and
// the manifest that asks for today's controls and for pixels as they are (per-monitor DPI). `go build` links a
// file named so by itself.
//
//	go run ./window/resource DIR...     writes rsrc_windows_amd64.syso and rsrc_windows_arm64.syso into each
package main

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"

	"hansu/window/paint"
)

func main() {
	for _, dir := range os.Args[1:] {
		if err := write(dir); err != nil {
			fmt.Fprintln(os.Stderr, "resource:", err)
			os.Exit(1)
		}
	}
}

// architectures are those that Windows programs are built for.
var architectures = []winres.Arch{winres.ArchAMD64, winres.ArchARM64}

// fileName is what `go build` looks for.
func fileName(arch winres.Arch) string { return fmt.Sprintf("rsrc_windows_%s.syso", arch) }

func write(dir string) error {
	dir, err := filepath.Abs(dir) // its name is the program's
	if err != nil {
		return err
	}
	for _, arch := range architectures {
		data, err := object(arch, filepath.Base(dir))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fileName(arch)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// object is the object file for a program.
func object(arch winres.Arch, program string) ([]byte, error) {
	var set winres.ResourceSet
	var sizes []image.Image
	for _, side := range []int{256, 64, 48, 32, 24, 16} {
		sizes = append(sizes, icon(side))
	}
	ico, err := winres.NewIconFromImages(sizes)
	if err != nil {
		return nil, err
	}
	if err := set.SetIcon(winres.ID(1), ico); err != nil {
		return nil, err
	}
	set.SetManifest(winres.AppManifest{
		Identity:            winres.AssemblyIdentity{Name: "Hansu." + program},
		Description:         "Hansu: omok and chess for two",
		Compatibility:       winres.Win10AndAbove,
		ExecutionLevel:      winres.AsInvoker,
		DPIAwareness:        winres.DPIPerMonitorV2,
		UseCommonControlsV6: true,
		LongPathAware:       true,
	})
	var info version.Info
	for key, text := range map[string]string{
		version.ProductName: "Hansu", version.FileDescription: "Hansu: omok and chess for two", version.InternalName: program,
		version.OriginalFilename: program + ".exe", version.LegalCopyright: "MIT licence", version.ProductVersion: "0.0.0", version.FileVersion: "0.0.0",
	} {
		if err := info.Set(version.LangDefault, key, text); err != nil {
			return nil, err
		}
	}
	set.SetVersionInfo(info)
	var out bytes.Buffer
	if err := set.WriteObject(&out, arch); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// icon is a black and a white stone on a corner of a board.
func icon(side int) image.Image {
	c := paint.NewCanvas(side, side)
	s := float64(side)
	wood := paint.NewCanvas(side, side)
	wood.Wood(wood.Rect)
	c.Fill(paint.Round(0, 0, s, s, s*0.2), paint.RGB(0xdcb06c))
	for i := 0; i < len(c.Pix); i += 4 { // the grain, where the shape is
		if c.Pix[i+3] == 255 {
			copy(c.Pix[i:i+3], wood.Pix[i:i+3])
		}
	}
	pen := max(1, s/28)
	for _, at := range []float64{s * 0.34, s * 0.68} {
		c.Stroke(paint.Polyline(paint.Pt{X: at, Y: pen}, paint.Pt{X: at, Y: s - pen}), pen, paint.RGB(0x6b4a20))
		c.Stroke(paint.Polyline(paint.Pt{X: pen, Y: at}, paint.Pt{X: s - pen, Y: at}), pen, paint.RGB(0x6b4a20))
	}
	r := s * 0.235
	for _, white := range []bool{false, true} {
		x, y := s*0.34, s*0.68
		if white {
			x, y = y, x
		}
		stone := paint.Stone(white, r)
		c.Put(stone, int(x)-stone.Rect.Dx()/2, int(y)-stone.Rect.Dy()/2, 1)
	}
	return c
}
