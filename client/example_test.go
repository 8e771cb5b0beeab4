package client_test

import (
	"context"
	"fmt"
	"log"

	"hansu/client"
	"hansu/rules"
)

// A bot that plays the first move that the rules allow, until the game is over.
func Example() {
	server := startServer() // a real program has an address
	c, err := client.Dial(context.Background(), client.Config{Address: server, Name: "First Move"})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	_, err = c.Do(client.Join{Variant: rules.Variant{Kind: rules.Omok, Rules: rules.Freestyle}})
	if err != nil {
		log.Fatal(err)
	}
	for event := range c.Events() {
		switch e := event.(type) {
		case client.Answer:
			if e.Err != nil {
				log.Fatal(e.Err)
			}
		case client.Record:
			t := e.Table
			if t.Number > 0 && !t.Running() {
				fmt.Printf("%v after %d moves, seat %d wins\n", t.Reason, len(t.Moves), t.Winner)
				return
			}
			if t.MyTurn() && !e.Past || e.CaughtUp() && t.MyTurn() {
				if _, err := c.Do(t.Play(t.Position.Legal(nil)[0])); err != nil {
					log.Fatal(err)
				}
			}
		}
	}
	// Output: five after 9 moves, seat 1 wins
}
