package bench

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getProcessMemoryInfo = windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")

// memoryCounters is PROCESS_MEMORY_COUNTERS_EX.
type memoryCounters struct {
	size, faults                             uint32
	peakWorkingSet, workingSet               uintptr
	peakPaged, paged, peakNonPaged, nonPaged uintptr
	pagefile, peakPagefile, private          uintptr
}

// processUsage asks the system about a process: GetProcessTimes, and the private bytes of GetProcessMemoryInfo.
func processUsage(pid int) (Usage, error) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_INFORMATION|windows.PROCESS_VM_READ, false, uint32(pid))
	if err != nil {
		return Usage{}, fmt.Errorf("OpenProcess: %w", err)
	}
	defer windows.CloseHandle(h)
	return usageOf(h)
}

func usageOf(h windows.Handle) (Usage, error) {
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		return Usage{}, fmt.Errorf("GetProcessTimes: %w", err)
	}
	u := Usage{CPU: filetime(kernel) + filetime(user), Memory: -1}
	m := memoryCounters{size: uint32(unsafe.Sizeof(memoryCounters{}))}
	if ok, _, _ := getProcessMemoryInfo.Call(uintptr(h), uintptr(unsafe.Pointer(&m)), uintptr(m.size)); ok != 0 {
		u.Memory = int64(m.private)
	}
	return u, nil
}

// fileTime is a FILETIME that is a duration, in units of 100 ns.
func filetime(f windows.Filetime) time.Duration {
	return time.Duration(int64(f.HighDateTime)<<32|int64(f.LowDateTime)) * 100
}

func selfUsage() Usage {
	u, err := usageOf(windows.CurrentProcess())
	if err != nil {
		return Usage{Memory: -1}
	}
	return u
}
