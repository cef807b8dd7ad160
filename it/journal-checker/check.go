package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

// check returns a sentence for everything that is wrong.
func (j *journal) check(verifierKey string) []string {
	c := &checker{journal: j, outcomes: map[uint64]bool{}, signed: map[string]bool{}, chains: map[string]link{},
		devices: map[string]enrolled{}, given: map[string]*consent{}}
	c.tree(verifierKey)
	for i, e := range j.entries {
		c.chain(uint64(i), e)
		switch e.record.Kind {
		case "approval":
			c.approval(uint64(i), e)
			c.consents(uint64(i), e)
		case "use":
			c.use(uint64(i), e.record)
		case "outcome":
			c.outcome(uint64(i), e.record)
		case "change":
			c.change(uint64(i), e)
		default:
			c.find(i, "is of no kind that we know: %q", e.record.Kind)
		}
	}
	return c.findings
}

type link struct {
	seq        uint64
	commitment []byte
}

type checker struct {
	*journal
	findings []string
	outcomes map[uint64]bool
	signed   map[string]bool
	chains   map[string]link
	devices  map[string]enrolled
	given    map[string]*consent
}

func (c *checker) find(index any, format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf("record %d ", index)+fmt.Sprintf(format, args...))
}

func (e entry) commitment() []byte {
	h := sha256.Sum256(append(append([]byte{}, e.Salt...), e.Record...))
	return h[:]
}

// tree: the checkpoint is signed by the journal's key, and its root is that of exactly these records.
func (c *checker) tree(verifierKey string) {
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for i, e := range c.entries {
		if *e.Index != uint64(i) {
			c.find(i, "has the index %d", *e.Index)
		}
		if len(e.Salt) != sha256.Size {
			c.find(i, "has a salt of %d octets", len(e.Salt))
		}
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(e.commitment()), nil); err != nil {
			panic(err)
		}
	}
	root := rfc6962.DefaultHasher.EmptyRoot()
	if len(c.entries) > 0 {
		var err error
		if root, err = tree.GetRootHash(nil); err != nil {
			panic(err)
		}
	}
	if err := opens(c.checkpoint, verifierKey, uint64(len(c.entries)), root); err != nil {
		c.findings = append(c.findings, "the checkpoint "+err.Error())
	}
}

// opens reads the three lines of c2sp.org/tlog-checkpoint; x/mod's own reader wants another first line.
func opens(checkpoint []byte, verifierKey string, size uint64, root []byte) error {
	verifier, err := note.NewVerifier(verifierKey)
	if err != nil {
		return fmt.Errorf("cannot be checked: %w", err)
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		return fmt.Errorf("is not signed by the journal's key: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return fmt.Errorf("is not of three lines")
	}
	if lines[0] != verifier.Name() {
		return fmt.Errorf("is of another origin: %q", lines[0])
	}
	if lines[1] != strconv.FormatUint(size, 10) {
		return fmt.Errorf("is of size %s, and there are %d records", lines[1], size)
	}
	if lines[2] != base64.StdEncoding.EncodeToString(root) {
		return fmt.Errorf("has another root than these records")
	}
	return nil
}

// chain: seq grows by one, and prev is the commitment of the chain's previous record.
func (c *checker) chain(index uint64, e entry) {
	if e.record.Chain == "" {
		return
	}
	last, known := c.chains[e.record.Chain]
	if !known {
		last = link{0, make([]byte, sha256.Size)}
	}
	if e.record.Seq != last.seq+1 {
		c.find(index, "has number %d in its chain, after %d", e.record.Seq, last.seq)
	}
	if !bytes.Equal(e.record.Prev, last.commitment) {
		c.find(index, "does not follow the record before it in its chain")
	}
	c.chains[e.record.Chain] = link{e.record.Seq, e.commitment()}
}

// approval: what the device signed is kept beside it, and is what the record says.
func (c *checker) approval(index uint64, e entry) {
	hash := sha256.Sum256(e.line.Evidence)
	if !bytes.Equal(hash[:], e.record.Evidence) {
		c.find(index, "has other evidence beside it than it names")
		return
	}
	if c.aboutItsIntent(index, e) {
		c.signedByDevice(index, e.record.Sender, string(e.line.Evidence))
	}
}

// aboutItsIntent: what was signed is the intent that the record names.
func (c *checker) aboutItsIntent(index uint64, e entry) bool {
	parts := strings.Split(string(e.line.Evidence), ".")
	if len(parts) != 3 {
		c.find(index, "has evidence that is no JWS")
		return false
	}
	intent, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil {
		c.find(index, "has evidence that is no JWS")
		return false
	}
	hash := sha256.Sum256(intent)
	if !bytes.Equal(hash[:], e.record.Intent) {
		c.find(index, "has evidence about another intent")
	}
	return true
}

// named returns the earlier record of a kind in the same chain that another one names.
func (c *checker) named(kind string, at *uint64, index uint64, by record) *entry {
	if at == nil || *at >= index || c.entries[*at].record.Kind != kind {
		c.find(index, "names no earlier %s", kind)
		return nil
	}
	if c.entries[*at].record.Chain != by.Chain {
		c.find(index, "names %s %d of another chain", kind, *at)
		return nil
	}
	return &c.entries[*at]
}

// use: an approval covers it, and each digest of it.
func (c *checker) use(index uint64, use record) {
	approval := c.named("approval", use.Approval, index, use)
	if approval == nil {
		return
	}
	approved := approval.digests()
	for _, d := range use.Digests {
		if !approved[string(d.Value)] {
			c.find(index, "uses a digest that approval %d does not name", *use.Approval)
		}
	}
}

// digests are those of the intent that the device signed.
func (e entry) digests() map[string]bool {
	named := map[string]bool{}
	var signed intent
	if json.Unmarshal(e.payload(), &signed) == nil {
		for _, d := range signed.Digests {
			named[string(d.Value)] = true
		}
	}
	return named
}

// outcome: the only one of its use, with one result for each digest; no digest of an approval is signed twice.
func (c *checker) outcome(index uint64, outcome record) {
	use := c.named("use", outcome.Use, index, outcome)
	if use == nil {
		return
	}
	if c.outcomes[*outcome.Use] {
		c.find(index, "is a second outcome of use %d", *outcome.Use)
	}
	c.outcomes[*outcome.Use] = true
	if len(outcome.Results) != len(use.record.Digests) {
		c.find(index, "has %d results for %d digests", len(outcome.Results), len(use.record.Digests))
		return
	}
	for i, result := range outcome.Results {
		if text := string(result); text == `"failed"` {
			continue
		} else if text != `"unknown"` && !strings.HasPrefix(text, `{"signed":`) {
			c.find(index, "has a result that we do not know: %s", text)
			continue
		}
		occurrence := fmt.Sprintf("%d %x", deref(use.record.Approval), use.record.Digests[i].Value)
		if c.signed[occurrence] {
			c.find(index, "signs a digest of approval %d again", deref(use.record.Approval))
		}
		c.signed[occurrence] = true
	}
}

func deref(index *uint64) uint64 {
	if index == nil {
		return 0
	}
	return *index
}
