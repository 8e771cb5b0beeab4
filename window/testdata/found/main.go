// Command found is a window that has found one server on the network: NAME ADDRESS. Wine 8 lacks what Go's UDP needs
// (SIO_UDP_NETRESET), so that nothing can really be searched there.
package main

import (
	"context"
	"log"
	"os"

	"hansu/i18n"
	"hansu/rules"
	"hansu/window"
	"hansu/window/screen"
)

func main() {
	servers := []screen.Server{{Name: os.Args[1], Address: os.Args[2]}}
	err := window.Run(window.Options{
		Options: screen.Options{Lang: i18n.Korean, Name: "길동", Variant: rules.Variant{Kind: rules.Omok}},
		Find:    func(_ context.Context, found func([]screen.Server)) { found(servers) },
	})
	if err != nil {
		log.Fatal(err)
	}
}
