package netiotest

import "testing"

func TestModels(t *testing.T) { RunAll(t) }
