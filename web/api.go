package web

// api registers the JSON API.
func (s *Site) api() {}
