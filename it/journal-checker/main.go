// Command journal-checker verifies what `custodian-server journal export` wrote, with other people's code for the
// tree and the signed note, and shares nothing with the product but the format (FORMATS §7).
//
//	journal-checker [-made LOG -received LOG -unknown N] VERIFIER-KEY < export.jsonl
//
// With the logs of a run it also holds the journal against what the vault made and what clients received. It prints
// what it found and ends with 1 if anything is wrong.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	madeLog := flag.String("made", "", "lines `use digest signature` of the vault, in hex")
	receivedLog := flag.String("received", "", "lines `signature intent digest signature` of the clients, in hex")
	unknown := flag.Int("unknown", 0, "how many uses may be unknown at most: kills times requests in flight")
	flag.Parse()
	if flag.NArg() != 1 || (*madeLog == "") != (*receivedLog == "") {
		flag.Usage()
		os.Exit(2)
	}
	journal, err := read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "not an export:", err)
		os.Exit(1)
	}
	findings := journal.check(flag.Arg(0))
	if *madeLog != "" {
		findings = append(findings, journal.withLogs(*madeLog, *receivedLog, *unknown)...)
	}
	for _, finding := range findings {
		fmt.Println("finding:", finding)
	}
	fmt.Println(journal.summary())
	if len(findings) > 0 {
		os.Exit(1)
	}
}

func (j *journal) withLogs(madeLog, receivedLog string, unknown int) []string {
	madeFile, err := os.Open(madeLog)
	if err != nil {
		return []string{err.Error()}
	}
	defer madeFile.Close()
	receivedFile, err := os.Open(receivedLog)
	if err != nil {
		return []string{err.Error()}
	}
	defer receivedFile.Close()
	all, err := readMade(madeFile)
	if err != nil {
		return []string{err.Error()}
	}
	signatures, unknowns, err := readReceived(receivedFile)
	if err != nil {
		return []string{err.Error()}
	}
	fmt.Printf("%d signatures made, %d received, %d times unknown\n", len(all), len(signatures), len(unknowns))
	return j.checkLogs(all, signatures, unknowns, unknown)
}
