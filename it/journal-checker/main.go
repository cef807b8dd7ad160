// Command journal-checker verifies what `custodian-server journal export` wrote, with other people's code for the
// tree and the signed note, and shares nothing with the product but the format (FORMATS §7).
//
//	journal-checker VERIFIER-KEY < export.jsonl
//
// It prints what it found and ends with 1 if anything is wrong.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: journal-checker VERIFIER-KEY < export.jsonl")
		os.Exit(2)
	}
	journal, err := read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "not an export:", err)
		os.Exit(1)
	}
	findings := journal.check(os.Args[1])
	for _, finding := range findings {
		fmt.Println("finding:", finding)
	}
	fmt.Println(journal.summary())
	if len(findings) > 0 {
		os.Exit(1)
	}
}
