package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// made is a signature that left the vault, as the vault's own log has it.
type made struct {
	use               uint64
	digest, signature string
}

// received is a line of what clients got: a signature, or the word that nobody knows.
type received struct {
	intent, digest, signature string
}

func readMade(in io.Reader) ([]made, error) {
	var all []made
	err := lines(in, func(words []string) error {
		if len(words) != 3 {
			return fmt.Errorf("not a line of the vault: %q", words)
		}
		use, err := strconv.ParseUint(words[0], 10, 64)
		if err != nil {
			return err
		}
		m := made{use: use}
		if m.digest, err = unhex(words[1]); err != nil {
			return err
		}
		m.signature, err = unhex(words[2])
		all = append(all, m)
		return err
	})
	return all, err
}

// readReceived returns signatures and unknowns; refusals are of no interest here.
func readReceived(in io.Reader) (signatures, unknowns []received, err error) {
	err = lines(in, func(words []string) error {
		var r received
		var err error
		switch {
		case words[0] == "refused" && len(words) == 2:
			return nil
		case words[0] == "signature" && len(words) == 4:
			if r.signature, err = unhex(words[3]); err != nil {
				return err
			}
		case words[0] == "unknown" && len(words) == 3:
		default:
			return fmt.Errorf("not a line of a client: %q", words)
		}
		if r.intent, err = unhex(words[1]); err != nil {
			return err
		}
		if r.digest, err = unhex(words[2]); err != nil {
			return err
		}
		if r.signature == "" {
			unknowns = append(unknowns, r)
		} else {
			signatures = append(signatures, r)
		}
		return nil
	})
	return signatures, unknowns, err
}

func lines(in io.Reader, each func(words []string) error) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		if err := each(strings.Split(scanner.Text(), " ")); err != nil {
			return err
		}
	}
	return scanner.Err()
}

func unhex(text string) (string, error) {
	octets, err := hex.DecodeString(text)
	return string(octets), err
}

// occurrence is a digest under an approval: what is signed once at most.
type occurrence struct {
	approval uint64
	digest   string
}

// said is what the journal has of a digest in one use: H(signature), "failed", "unknown", or nothing.
type said struct {
	known     bool
	signature string
	word      string
}

func (j *journal) said(use uint64, outcome *record, digest string) said {
	for i, d := range j.entries[use].record.Digests {
		if string(d.Value) != digest || outcome == nil || i >= len(outcome.Results) {
			continue
		}
		var word string
		if json.Unmarshal(outcome.Results[i], &word) == nil {
			return said{known: true, word: word}
		}
		var signed struct{ Signed octets }
		if json.Unmarshal(outcome.Results[i], &signed) == nil {
			return said{known: true, signature: string(signed.Signed)}
		}
	}
	return said{}
}

// checkLogs holds the journal against what the vault made and what clients received.
func (j *journal) checkLogs(all []made, signatures, unknowns []received, mostUnknown int) []string {
	var findings []string
	find := func(format string, args ...any) { findings = append(findings, fmt.Sprintf(format, args...)) }

	outcomes := map[uint64]*record{}
	approvals := map[string]uint64{}
	unknownUses, signedResults := 0, 0
	for i := range j.entries {
		r := &j.entries[i].record
		switch {
		case r.Kind == "approval":
			if first, twice := approvals[string(r.Intent)]; twice {
				find("approved twice by one intent: records %d and %d", first, i)
			}
			approvals[string(r.Intent)] = uint64(i)
		case r.Kind == "outcome" && r.Use != nil:
			outcomes[*r.Use] = r
			unknown := false
			for _, result := range r.Results {
				unknown = unknown || string(result) == `"unknown"`
				if strings.HasPrefix(string(result), `{"signed":`) {
					signedResults++
				}
			}
			if unknown {
				unknownUses++
			}
		}
	}
	for i, e := range j.entries {
		if e.record.Kind == "use" && outcomes[uint64(i)] == nil {
			find("use %d has no outcome", i)
		}
	}
	if unknownUses > mostUnknown {
		find("%d uses are unknown, and only %d requests can have been in flight at the kills", unknownUses, mostUnknown)
	}

	signed := map[occurrence]string{}
	by := map[occurrence]uint64{}
	seen := 0
	for _, m := range all {
		if m.use >= uint64(len(j.entries)) || j.entries[m.use].record.Kind != "use" || !j.entries[m.use].uses(m.digest) {
			find("signature without use: record %d is no use of the digest %x", m.use, m.digest)
			continue
		}
		o := occurrence{deref(j.entries[m.use].record.Approval), m.digest}
		if _, twice := signed[o]; twice {
			find("signed twice: the digest %x of approval %d", m.digest, o.approval)
		}
		signed[o], by[o] = m.signature, m.use
		said := j.said(m.use, outcomes[m.use], m.digest)
		hash := sha256.Sum256([]byte(m.signature))
		switch {
		case !said.known:
			find("use %d was signed and has no outcome", m.use)
		case said.word == "unknown":
		case said.word != "":
			find("use %d was signed, and its outcome says %s", m.use, said.word)
		case said.signature != string(hash[:]):
			find("use %d was signed with another signature than its outcome says", m.use)
		default:
			seen++
		}
	}
	if seen != signedResults {
		find("the journal says signed %d times, and %d of those are in the vault's log", signedResults, seen)
	}

	for _, r := range signatures {
		approval, known := approvals[r.intent]
		if !known {
			find("received without approval: intent %s", base64.RawURLEncoding.EncodeToString([]byte(r.intent)))
			continue
		}
		o := occurrence{approval, r.digest}
		signature, known := signed[o]
		if !known || signature != r.signature {
			find("received, and the vault did not make it: the digest %x of approval %d", r.digest, approval)
		}
	}
	for _, r := range unknowns {
		o := occurrence{approvals[r.intent], r.digest}
		if use, known := by[o]; known && j.said(use, outcomes[use], r.digest).word != "unknown" {
			find("the client was told unknown, and the journal says otherwise: use %d", use)
		}
	}
	return findings
}

func (e entry) uses(digest string) bool {
	for _, d := range e.record.Digests {
		if string(d.Value) == digest {
			return true
		}
	}
	return false
}
