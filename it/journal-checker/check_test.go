package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

const (
	owner      = "own_a"
	credential = "crd_a"
	device     = "dev_a"
)

// world is a small journal with its keys and logs: two digests approved; one signed, the other failed, then unknown.
type world struct {
	key        *ecdsa.PrivateKey
	signer     string
	verifier   string
	records    []map[string]any
	evidence   map[int]string
	made       []made
	signatures []received
	unknowns   []received
}

func b64(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }

func hash(text string) []byte {
	h := sha256.Sum256([]byte(text))
	return h[:]
}

var (
	one = string(hash("one"))
	two = string(hash("two"))
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{evidence: map[int]string{}}
	var err error
	if w.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	if w.signer, w.verifier, err = note.GenerateKey(rand.Reader, "example.com/journal"); err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&w.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	intent := fmt.Sprintf(`{"digests":[{"value":%q},{"value":%q}]}`, b64([]byte(one)), b64([]byte(two)))
	w.evidence[1] = w.jws(device, intent)
	w.records = []map[string]any{
		{"kind": "change", "chain": owner, "what": "enrol", "subject": device,
			"details": map[string]string{"spki": b64(spki)}},
		{"kind": "approval", "chain": credential, "intent": b64(hash(intent)),
			"evidence": b64(hash(w.evidence[1])), "sender": device},
		use(1, one), outcome(2, map[string]string{"signed": b64(hash("signature"))}),
		use(1, two), outcome(4, "failed"),
		use(1, two), outcome(6, "unknown"),
	}
	w.made = []made{{2, one, "signature"}, {6, two, "lost"}}
	w.signatures = []received{{string(hash(intent)), one, "signature"}, {string(hash(intent)), two, "lost"}}
	w.unknowns = []received{{string(hash(intent)), two, ""}}
	return w
}

// changes puts a change that a device approved before everything but the enrolment.
func (w *world) changes(change map[string]any) {
	kid := device
	if change["what"] == "recover" {
		kid = ""
	}
	change["kind"], change["chain"], change["intent"] = "change", owner, b64(hash("{}"))
	for i := len(w.records); i > 1; i-- {
		w.evidence[i] = w.evidence[i-1]
	}
	for _, r := range w.records[1:] {
		for _, name := range []string{"approval", "use"} {
			if at, named := r[name].(int); named {
				r[name] = at + 1
			}
		}
	}
	for i := range w.made {
		w.made[i].use++
	}
	w.evidence[1] = w.jws(kid, "{}")
	w.records = append(w.records[:1], append([]map[string]any{change}, w.records[1:]...)...)
}

func use(approval int, digest string) map[string]any {
	return map[string]any{"kind": "use", "chain": credential, "approval": approval,
		"digests": []any{map[string]string{"alg": "x", "value": b64([]byte(digest))}}}
}

func outcome(use int, result any) map[string]any {
	return map[string]any{"kind": "outcome", "chain": credential, "use": use, "results": []any{result}}
}

func (w *world) jws(kid, payload string) string {
	input := b64([]byte(`{"typ":"custodian-intent+jwt","alg":"ES256","kid":"`+kid+`"}`)) + "." + b64([]byte(payload))
	r, s, err := ecdsa.Sign(rand.Reader, w.key, hash(input))
	if err != nil {
		panic(err)
	}
	var both [64]byte
	r.FillBytes(both[:32])
	s.FillBytes(both[32:])
	return input + "." + b64(both[:])
}

// export writes the journal as the product does, chained and signed; doctor changes its lines last.
func (w *world) export(t *testing.T, doctor func(lines []string) []string) *journal {
	t.Helper()
	var lines []string
	seqs, prevs := map[string]int{}, map[string][]byte{}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for i, r := range w.records {
		chain := r["chain"].(string)
		if prevs[chain] == nil {
			prevs[chain] = make([]byte, 32)
		}
		if _, set := r["seq"]; !set {
			seqs[chain]++
			r["seq"] = seqs[chain]
		}
		if _, set := r["prev"]; !set {
			r["prev"] = b64(prevs[chain])
		}
		record, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		salt := hash(fmt.Sprint("salt", i))
		commitment := sha256.Sum256(append(append([]byte{}, salt...), record...))
		prevs[chain] = commitment[:]
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(commitment[:]), nil); err != nil {
			t.Fatal(err)
		}
		line := map[string]any{"index": i, "salt": b64(salt), "record": b64(record)}
		if w.evidence[i] != "" {
			line["evidence"] = b64([]byte(w.evidence[i]))
		}
		text, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(text))
	}
	root, err := tree.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(w.signer)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("example.com/journal\n%d\n%s\n", len(w.records), base64.StdEncoding.EncodeToString(root))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		t.Fatal(err)
	}
	lines = append(lines, `{"checkpoint":"`+b64(signed)+`"}`)
	if doctor != nil {
		lines = doctor(lines)
	}
	j, err := read(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (w *world) findings(t *testing.T, doctor func([]string) []string) []string {
	t.Helper()
	j := w.export(t, doctor)
	return append(j.check(w.verifier), j.checkLogs(w.made, w.signatures, w.unknowns, 1)...)
}

func TestSoundJournalHasNoFinding(t *testing.T) {
	if findings := newWorld(t).findings(t, nil); len(findings) != 0 {
		t.Fatal(findings)
	}
}

func TestSoundChangesHaveNoFinding(t *testing.T) {
	w := newWorld(t)
	w.changes(map[string]any{"what": "pin", "subject": owner, "by": device})
	w.changes(map[string]any{"what": "add-device", "subject": "dev_b", "by": device, "details": w.records[0]["details"]})
	if findings := w.findings(t, nil); len(findings) != 0 {
		t.Fatal(findings)
	}
}

// Each check is shown to fail on an input that was doctored for it.
func TestEveryCheckFailsOnADoctoredInput(t *testing.T) {
	other := b64(hash("other"))
	for name, c := range map[string]struct {
		finding string
		doctor  func(w *world)
	}{
		"received, though failed": {"its outcome says failed", func(w *world) {
			w.records[7] = outcome(6, "failed")
		}},
		"received, never made": {"the vault did not make it", func(w *world) {
			w.signatures[0].signature = "another"
		}},
		"one intent approves twice": {"approved twice by one intent", func(w *world) {
			again := map[string]any{}
			for name, value := range w.records[1] {
				if name != "seq" && name != "prev" {
					again[name] = value
				}
			}
			w.evidence[len(w.records)] = w.evidence[1]
			w.records = append(w.records, again)
		}},
		"received without approval": {"received without approval", func(w *world) {
			w.signatures[0].intent = other
		}},
		"made without use": {"signature without use", func(w *world) {
			w.made = append(w.made, made{8, one, "early"})
		}},
		"made for another digest": {"signature without use", func(w *world) { w.made[0].digest = two }},
		"made twice": {"signed twice", func(w *world) {
			w.made = append(w.made, made{4, two, "again"})
		}},
		"another signature than journalled": {"another signature than its outcome says", func(w *world) {
			w.records[3] = outcome(2, map[string]string{"signed": other})
		}},
		"journalled, never made": {"of those are in the vault's log", func(w *world) {
			w.made = w.made[1:]
		}},
		"use without outcome": {"has no outcome", func(w *world) { w.records = w.records[:7] }},
		"two outcomes": {"is a second outcome", func(w *world) {
			w.records = append(w.records, outcome(2, "failed"))
		}},
		"signed again under one approval": {"signs a digest of approval 1 again", func(w *world) {
			w.records = append(w.records, use(1, one), outcome(8, "unknown"))
		}},
		"too many unknown": {"can have been in flight", func(w *world) {
			w.records = append(w.records, use(1, one), outcome(8, "unknown"))
		}},
		"told unknown, though signed": {"the client was told unknown", func(w *world) {
			w.unknowns[0].digest = one
		}},
		"use of no approval":    {"names no earlier approval", func(w *world) { w.records[2]["approval"] = 0 }},
		"digest never approved": {"does not name", func(w *world) { w.records[4] = use(1, string(hash("three"))) }},
		"evidence signed by another": {"its device did not sign", func(w *world) {
			w.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			parts := strings.SplitN(w.evidence[1], ".", 3)
			payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
			w.evidence[1] = w.jws(device, string(payload))
			w.records[1]["evidence"] = b64(hash(w.evidence[1]))
		}},
		"evidence of another intent": {"about another intent", func(w *world) { w.records[1]["intent"] = other }},
		"other evidence":             {"other evidence beside it", func(w *world) { w.records[1]["evidence"] = other }},
		"unknown device":             {"was not enrolled before", func(w *world) { w.records[1]["sender"] = "dev_b" }},
		"evidence under another name": {"under another header", func(w *world) {
			parts := strings.SplitN(w.evidence[1], ".", 3)
			payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
			w.evidence[1] = w.jws("dev_b", string(payload))
			w.records[1]["evidence"] = b64(hash(w.evidence[1]))
		}},
		"approval of a removed device": {"was not enrolled before", func(w *world) {
			w.changes(map[string]any{"what": "remove-device", "subject": device, "by": device})
		}},
		"approval of a device before a recovery": {"was not enrolled before", func(w *world) {
			w.changes(map[string]any{"what": "recover", "subject": "dev_b", "by": "recovery-code",
				"details": w.records[0]["details"]})
		}},
		"change that nobody signed": {"has evidence that is no JWS", func(w *world) {
			w.changes(map[string]any{"what": "pin", "subject": owner, "by": device})
			w.evidence[1] = ""
		}},
		"change that another device signed": {"under another header", func(w *world) {
			w.changes(map[string]any{"what": "pin", "subject": owner, "by": device})
			w.evidence[1] = w.jws("dev_b", "{}")
		}},
		"gap in a chain":  {"has number 9 in its chain", func(w *world) { w.records[5]["seq"] = 9 }},
		"fork of a chain": {"does not follow", func(w *world) { w.records[5]["prev"] = other }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.doctor(w)
			requireFinding(t, w.findings(t, nil), c.finding)
		})
	}
}

func TestChangedLinesAreFound(t *testing.T) {
	w := newWorld(t)
	replaceSalt := func(lines []string) []string {
		lines[2] = strings.Replace(lines[2], b64(hash("salt2")), b64(hash("salt")), 1)
		return lines
	}
	requireFinding(t, w.findings(t, replaceSalt), "has another root than these records")
	dropLast := func(lines []string) []string { return append(lines[:7], lines[8]) }
	requireFinding(t, newWorld(t).findings(t, dropLast), "is of size 8")
	stranger := newWorld(t)
	stranger.verifier = newWorld(t).verifier
	requireFinding(t, stranger.findings(t, nil), "is not signed by the journal's key")
}

func TestLogsAreReadWhole(t *testing.T) {
	all, err := readMade(bytes.NewBufferString("2 6f6e65 aa\n"))
	if err != nil || len(all) != 1 || all[0] != (made{2, "one", "\xaa"}) {
		t.Fatal(all, err)
	}
	signatures, unknowns, err := readReceived(strings.NewReader("signature 00 01 02\nunknown 00 01\nrefused busy\n"))
	if err != nil || len(signatures) != 1 || len(unknowns) != 1 {
		t.Fatal(signatures, unknowns, err)
	}
	if _, _, err := readReceived(strings.NewReader("signature 00 01\n")); err == nil {
		t.Fatal("half a line is read")
	}
}

func requireFinding(t *testing.T, findings []string, wanted string) {
	t.Helper()
	for _, finding := range findings {
		if strings.Contains(finding, wanted) {
			return
		}
	}
	t.Fatalf("%q is not among %q", wanted, findings)
}
