//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

// systemModels lists the models as macOS and the BSDs have them.
func systemModels() []systemModel {
	return []systemModel{
		{model: Blocking, mechanism: "accept, read, sendmsg on blocking descriptors", listen: newBlocking},
		{model: Threads, mechanism: "goroutines on Go's net (kqueue)", listen: newThreads},
		{model: Events, mechanism: "kqueue", listen: newEvents},
		{model: Completion, mechanism: "io_uring, IOCP", missing: func() Absence { return Absence{Reason: NeedsLinuxOrWindows} }},
		{model: Messages, mechanism: "WSAAsyncSelect", client: true, missing: func() Absence { return Absence{Reason: NeedsWindows} }},
	}
}
