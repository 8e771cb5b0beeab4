package server

import "hansu/store"

// Between puts something between a node and its database.
func (c *Config) Between(put func(store.Shared) store.Shared) { c.between = put }

// Lease is for how long a node counts as alive.
const Lease = lease
