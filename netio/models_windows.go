package netio

// systemModels lists the models as Windows has them.
func systemModels() []systemModel {
	return []systemModel{
		{model: Blocking, mechanism: "accept, recv, send on blocking sockets", listen: newBlocking},
		{model: Threads, mechanism: "goroutines on Go's net (IOCP)", listen: newThreads},
		{model: Events, mechanism: "WSAEventSelect, WSAWaitForMultipleEvents", listen: newEvents},
		{model: Completion, mechanism: "IOCP", listen: newCompletion},
		{model: Messages, mechanism: "WSAAsyncSelect and a message window", client: true},
	}
}
