package netio

// systemModels lists the models as Linux has them.
func systemModels() []systemModel {
	return []systemModel{
		{model: Threads, mechanism: "goroutines on Go's net (epoll)", listen: newThreads},
		{model: Messages, mechanism: "WSAAsyncSelect", client: true, missing: func() string { return needsWindows }},
	}
}
