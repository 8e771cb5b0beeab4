package sqlite

import (
	"os"
	"os/exec"
	"testing"
)

// childTask names, in the environment, what a child process of the tests is to
// do in the directory that is its argument.
const childTask = "HANSU_TEST_CHILD"

// childTasks are the children's main functions; files for one system add theirs.
var childTasks = map[string]func(dir string) error{
	"append": appendUntilKilled,
}

// TestMain runs the tests, or, in a child process, its task.
func TestMain(m *testing.M) {
	task := os.Getenv(childTask)
	if task == "" {
		os.Exit(m.Run())
	}
	if err := childTasks[task](os.Args[1]); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}

// child prepares this test binary as a child process with a task.
func child(t *testing.T, task, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, dir)
	cmd.Env = append(os.Environ(), childTask+"="+task)
	cmd.Stderr = os.Stderr
	return cmd
}

// soak reports whether the long forms of the tests are asked for.
func soak() bool { return os.Getenv("HANSU_SOAK") != "" }
