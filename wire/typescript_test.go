package wire

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestTypeScript runs the generated TypeScript codec in Node.js over every golden vector.
func TestTypeScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs node")
	}
	script := filepath.Join(t.TempDir(), "vectors.mjs")
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{"testdata/vectors.ts"},
		Outfile:     script,
		Bundle:      true,
		Write:       true,
		Platform:    api.PlatformNode,
		Format:      api.FormatESModule,
		LogLevel:    api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		t.Fatal(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}))
	}
	out, err := exec.Command(node, script, "testdata").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	vs := len(vectors(t))
	if !bytes.HasPrefix(out, fmt.Appendf(nil, "%d vectors", vs)) {
		t.Fatalf("%s: want %d vectors", out, vs)
	}
}
