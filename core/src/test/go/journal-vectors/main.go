// Makes the vectors of the journal's formats, with hashes, proofs and signed notes by
// golang.org/x/mod/sumdb: an implementation that shares nothing with ours.
//
//	go run . ../../../main/resources/vectors/journal
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	made       = "core/src/test/go/journal-vectors: golang.org/x/mod v0.43.0, sumdb/tlog and sumdb/note"
	origin     = "journal.example/one"
	credential = "crd_aaaqeayeaudaocajbifqydiob4"
	stranger   = "crd_ca77777777777777777777777a"
	owner      = "own_aaaqeayeaudaocajbifqydiob4"
)

type object = map[string]any

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func b64(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }

func hash(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return sum[:]
}

func main() {
	write("merkle.json", merkle())
	write("notes.json", notes())
	write("records.json", records())
	write("chains.json", chains())
}

func write(name string, content object) {
	content["made"] = made
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(content); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.Args[1], name), out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// A tree whose hashes are all in memory.
type tree struct {
	size   int64
	hashes []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, i := range indexes {
		found = append(found, t.hashes[i])
	}
	return found, nil
}

func (t *tree) add(content []byte) {
	t.hashes = append(t.hashes, must(tlog.StoredHashes(t.size, content, t))...)
	t.size++
}

func (t *tree) root(size int64) []byte {
	if size == 0 {
		return hash()
	}
	root := must(tlog.TreeHash(size, t))
	return root[:]
}

func (t *tree) inclusion(size, index int64) []string {
	proof := []string{}
	for _, h := range must(tlog.ProveRecord(size, index, t)) {
		proof = append(proof, b64(h[:]))
	}
	return proof
}

func (t *tree) consistency(size, old int64) []string {
	proof := []string{}
	if old == 0 {
		return proof
	}
	for _, h := range must(tlog.ProveTree(size, old, t)) {
		proof = append(proof, b64(h[:]))
	}
	return proof
}

// The reference tree of Certificate Transparency's own tests.
func merkle() object {
	var t tree
	var leaves, roots []string
	var inclusion, consistency []object
	for _, text := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f"} {
		content := must(hex.DecodeString(text))
		t.add(content)
		leaves = append(leaves, b64(content))
	}
	for size := int64(0); size <= t.size; size++ {
		roots = append(roots, b64(t.root(size)))
		for index := int64(0); index < size; index++ {
			inclusion = append(inclusion,
				object{"index": index, "size": size, "proof": t.inclusion(size, index)})
		}
		for old := int64(0); old <= size; old++ {
			consistency = append(consistency,
				object{"old": old, "size": size, "proof": t.consistency(size, old)})
		}
	}
	return object{"leaves": leaves, "roots": roots, "inclusion": inclusion, "consistency": consistency}
}

type key struct {
	seed  []byte
	text  string
	maker note.Signer
}

func newKey(name, seed string) key {
	private := ed25519.NewKeyFromSeed(hash([]byte(seed)))
	text := must(note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey)))
	id := strings.Split(text, "+")[1]
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, private.Seed()...))
	return key{private.Seed(), text, must(note.NewSigner("PRIVATE+KEY+" + name + "+" + id + "+" + secret))}
}

func (k key) sign(text string) string {
	signed := must(note.Sign(&note.Note{Text: text}, k.maker))
	must(note.Open(signed, note.VerifierList(must(note.NewVerifier(k.text)))))
	return string(signed)
}

func checkpoint(origin string, size int64, root []byte) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root))
}

func notes() object {
	ours := newKey(origin, "the journal's key")
	namesake := newKey(origin, "another key of the same name")
	witness := newKey("witness.example", "a witness")
	root := hash([]byte("root"))
	text := checkpoint(origin, 20852163, root)
	good := ours.sign(text)
	line := func(k key) string { return strings.SplitN(k.sign(text), "\n\n", 2)[1] }

	var cases []object
	accepted := func(name, note string, size int64, root []byte) {
		cases = append(cases, object{"name": name, "note": note, "outcome": "accepted",
			"origin": origin, "size": size, "root": b64(root)})
	}
	refused := func(reason, name, note string) {
		cases = append(cases, object{"name": name, "note": note, "outcome": "refused", "reason": reason})
	}
	accepted("one signature", good, 20852163, root)
	accepted("the empty journal", ours.sign(checkpoint(origin, 0, hash())), 0, hash())
	accepted("the largest size", ours.sign(checkpoint(origin, 1<<63-1, root)), 1<<63-1, root)
	accepted("cosigned before and after",
		text+"\n"+line(witness)+line(ours)+line(namesake), 20852163, root)
	refused("checkpoint-not-signed", "only a witness signed", witness.sign(text))
	refused("checkpoint-not-signed", "another key of the same name", namesake.sign(text))
	refused("checkpoint-signature-wrong", "another size", strings.Replace(good, "20852163", "20852164", 1))
	refused("checkpoint-signature-wrong", "signature over another text",
		text+"\n"+strings.SplitN(ours.sign("other\n"), "\n\n", 2)[1])
	refused("other-journal", "another origin", ours.sign(checkpoint("journal.example/two", 1, root)))
	refused("checkpoint-malformed", "an extension line", ours.sign(text+"extension\n"))
	refused("checkpoint-malformed", "a leading zero", ours.sign(strings.Replace(text, "\n2", "\n02", 1)))
	refused("checkpoint-malformed", "a sign", ours.sign(strings.Replace(text, "\n2", "\n+2", 1)))
	refused("checkpoint-malformed", "a size of 2^63", ours.sign(origin+"\n9223372036854775808\n"+
		base64.StdEncoding.EncodeToString(root)+"\n"))
	refused("checkpoint-malformed", "a root of 31 octets", ours.sign(checkpoint(origin, 1, root[:31])))
	refused("checkpoint-malformed", "an empty journal with a root", ours.sign(checkpoint(origin, 0, root)))
	refused("checkpoint-malformed", "two lines", ours.sign(origin+"\n1\n"))
	refused("syntax", "no signature", text)
	refused("syntax", "no signature line", text+"\n")
	refused("syntax", "the last line is not ended", strings.TrimSuffix(good, "\n"))
	refused("syntax", "an empty line at the end", good+"\n")
	refused("syntax", "carriage returns", strings.ReplaceAll(good, "\n", "\r\n"))
	refused("syntax", "a hyphen for the dash", strings.Replace(good, "—", "-", 1))
	refused("spelling", "base64 without padding", strings.TrimSuffix(good, "=\n")+"\n")
	refused("size", "a signature shorter than a key's id", text+"\n— "+origin+" AAAA\n")
	refused("value", "a plus sign in a name", text+"\n— a+b"+good[strings.LastIndex(good, " "):])

	keys := []object{
		{"name": "a journal's key", "key": ours.text, "outcome": "accepted"},
		{"name": "a witness's key", "key": witness.text, "outcome": "accepted"},
	}
	for _, broken := range [][3]string{
		{"another name", "value", "x" + ours.text},
		{"no name", "value", ours.text[strings.Index(ours.text, "+"):]},
		{"needless padding", "syntax", ours.text + "="},
		{"a space", "value", strings.Replace(ours.text, "journal", "jour nal", 1)},
		{"another algorithm", "value", strings.Replace(ours.text, "+A", "+B", 1)},
		{"four parts", "syntax", ours.text + "+"},
	} {
		keys = append(keys, object{"name": broken[0], "key": broken[2], "outcome": "refused", "reason": broken[1]})
	}
	return object{"seed": b64(ours.seed), "key": ours.text, "cases": cases, "keys": keys}
}
