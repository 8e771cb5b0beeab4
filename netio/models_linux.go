package netio

// systemModels lists the models as Linux has them.
func systemModels() []systemModel {
	return []systemModel{
		{model: Blocking, mechanism: "accept4, read, sendmsg on blocking descriptors", listen: newBlocking},
		{model: Threads, mechanism: "goroutines on Go's net (epoll)", listen: newThreads},
		{model: Events, mechanism: "epoll", listen: newEvents},
		{model: Completion, mechanism: "io_uring", missing: completionMissing, listen: newCompletion},
		{model: Messages, mechanism: "WSAAsyncSelect", client: true, missing: func() Absence { return Absence{Reason: NeedsWindows} }},
	}
}
