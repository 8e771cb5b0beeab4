package sim

import (
	"os"
	"strconv"
	"testing"
)

func TestOne(t *testing.T) {
	if os.Getenv("HANSU_SIM_SEED") == "" {
		return
	}
	seed, _ := strconv.ParseUint(os.Getenv("HANSU_SIM_SEED"), 10, 64)
	r := Run(Config{Seed: seed, Trace: os.Stdout})
	t.Logf("%+v", r)
}

func TestMany(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	bad := 0
	for s := range n {
		r := Run(Config{Seed: uint64(s)})
		if r.Err != nil {
			bad++
			if bad < 40 {
				t.Log(r.Err)
			}
		}
	}
	t.Log("bad", bad)
}
