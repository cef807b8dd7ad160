package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// octets are base64url without padding, in exactly one spelling.
type octets []byte

func (o *octets) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(s)
	*o = decoded
	return err
}

// line is one line of the export: an entry, or the checkpoint that ends it.
type line struct {
	Index      *uint64
	Salt       octets
	Record     octets
	Evidence   octets
	Checkpoint octets
}

type digest struct {
	Alg   string
	Value octets
}

// record has the members of all kinds; which of them are there is the kind's business.
type record struct {
	V        int
	Kind     string
	Time     string
	Chain    string
	Seq      uint64
	Prev     octets
	Intent   octets
	Evidence octets
	Sender   string
	Factors  []string
	Approval *uint64
	Digests  []digest
	Use      *uint64
	Results  []json.RawMessage
	What     string
	Subject  string
	By       string
	Details  map[string]string
}

type entry struct {
	line
	record record
}

type journal struct {
	entries    []entry
	checkpoint []byte
}

func read(in io.Reader) (*journal, error) {
	j := &journal{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if j.checkpoint != nil {
			return nil, errors.New("something follows the checkpoint")
		}
		var l line
		if err := strict(lines.Bytes(), &l); err != nil {
			return nil, err
		}
		if l.Checkpoint != nil {
			j.checkpoint = l.Checkpoint
			continue
		}
		if l.Index == nil {
			return nil, errors.New("a line without an index")
		}
		e := entry{line: l}
		if err := json.Unmarshal(l.Record, &e.record); err != nil {
			return nil, fmt.Errorf("record %d: %w", *l.Index, err)
		}
		j.entries = append(j.entries, e)
	}
	if j.checkpoint == nil {
		return nil, errors.New("no checkpoint ends it")
	}
	return j, lines.Err()
}

func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func (j *journal) summary() string {
	kinds := map[string]int{}
	for _, e := range j.entries {
		kinds[e.record.Kind]++
	}
	return fmt.Sprintf("%d records: %d approvals, %d uses, %d outcomes, %d changes",
		len(j.entries), kinds["approval"], kinds["use"], kinds["outcome"], kinds["change"])
}
