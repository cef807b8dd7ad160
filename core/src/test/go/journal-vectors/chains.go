package main

import (
	"fmt"
	"slices"
	"strings"
)

type entry struct {
	index      int64
	salt       []byte
	record     string
	commitment []byte
}

func (e entry) json() object {
	return object{"index": e.index, "salt": b64(e.salt), "record": e.record}
}

// A journal with several chains in it.
type journal struct {
	tree
	name    string
	entries []entry
	heads   map[string]entry
	seqs    map[string]int
}

func newJournal(name string) *journal {
	return &journal{name: name, heads: map[string]entry{}, seqs: map[string]int{}}
}

func (j *journal) append(chain, kind, members string) {
	where := ""
	if chain != "" {
		prev := make([]byte, 32)
		if j.seqs[chain] > 0 {
			prev = j.heads[chain].commitment
		}
		j.seqs[chain]++
		where = place(chain, j.seqs[chain], prev)
	}
	e := entry{index: j.size, record: record(kind, where, members)}
	e.salt = hash(fmt.Appendf(nil, "%s %d", j.name, e.index))
	e.commitment = hash(e.salt, []byte(e.record))
	j.add(e.commitment)
	j.entries = append(j.entries, e)
	j.heads[chain] = e
}

func (j *journal) change(chain, what string) {
	j.append(chain, "change", fmt.Sprintf(`"what":%q,"subject":"s","by":"operator"`, what))
}

func (j *journal) use(approval int) {
	j.append(credential, "use", fmt.Sprintf(`"approval":%d,"digests":[{"alg":"2.16.840.1.101.3.4.2.1","value":%q}],"scheme":7`,
		approval, b64(make([]byte, 32))))
	j.append(credential, "outcome", fmt.Sprintf(`"use":%d,"results":["failed"]`, j.size-1))
}

func chains() object {
	ours := newKey(origin, "the journal's key")
	j, other := newJournal("one"), newJournal("another history")
	for _, each := range []*journal{j, other} {
		each.change("", "started")         // 0
		each.change(owner, "enrolled")     // 1
		each.change(credential, "created") // 2: seq 1
		each.change(stranger, "created")   // 3
		each.use(2)                        // 4, 5: seq 2, 3
		each.change(owner, "pin")          // 6
		each.use(2)                        // 7, 8: seq 4, 5
		each.change(stranger, "disabled")  // 9
	}
	e := j.entries
	chain := []entry{e[2], e[4], e[5], e[7], e[8]}
	// A forged record that is linked well.
	forged := newJournal("forged")
	forged.change(credential, "created otherwise")

	none := object{"chain": credential, "seq": 0, "index": -1, "commitment": b64(make([]byte, 32))}
	memory := func(seq int) object {
		if seq == 0 {
			return none
		}
		at := chain[seq-1]
		return object{"chain": credential, "seq": seq, "index": at.index, "commitment": b64(at.commitment)}
	}
	seen := func(size int64) object {
		return object{"size": size, "root": b64(j.root(size))}
	}
	type answer struct {
		seq, size int // remembered
		records   []entry
		note      string
		newSize   int64
		of        int64 // index that the proof is for
	}
	var cases []object
	add := func(name string, a answer, change func(object)) object {
		if a.note == "" {
			a.note = ours.sign(checkpoint(origin, a.newSize, j.root(a.newSize)))
		}
		shown := []object{}
		for _, r := range a.records {
			shown = append(shown, r.json())
		}
		one := object{"name": name, "memory": memory(a.seq), "last": seen(int64(a.size)), "records": shown,
			"checkpoint": a.note, "proof": j.inclusion(a.newSize, a.of),
			"consistency": j.consistency(a.newSize, int64(a.size))}
		if change != nil {
			change(one)
		}
		cases = append(cases, one)
		return one
	}
	accepted := func(name string, after int, a answer) {
		one := add(name, a, nil)
		one["outcome"], one["after"] = "accepted", memory(after)
	}
	refused := func(reason, name string, a answer, change func(object)) {
		one := add(name, a, change)
		one["outcome"], one["reason"] = "refused", reason
	}
	later := answer{1, 3, chain[1:3], "", 7, e[5].index}
	with := func(change func(*answer)) answer {
		a := later
		change(&a)
		return a
	}

	accepted("first contact", 5, answer{0, 0, chain, "", 10, e[8].index})
	accepted("the next records", 3, later)
	accepted("one record, the tree as it was", 3, answer{2, 7, chain[2:3], "", 7, e[5].index})
	accepted("nothing new but a checkpoint", 3, answer{3, 7, nil, "", 10, e[5].index})
	accepted("nothing new at all", 3, answer{3, 7, nil, "", 7, e[5].index})

	refused("gap", "a record is left out", with(func(a *answer) { a.records = []entry{chain[2]} }), nil)
	refused("gap", "the first record is left out", answer{0, 0, chain[1:], "", 10, e[8].index}, nil)
	refused("gap", "records in another order", with(func(a *answer) { a.records = []entry{chain[2], chain[1]} }), nil)
	refused("repeated", "a record that was seen before", with(func(a *answer) { a.records = chain[0:3] }), nil)
	refused("repeated", "an older record", answer{3, 7, chain[1:2], "", 10, e[4].index}, nil)
	refused("fork", "another record in the place of one that was seen",
		with(func(a *answer) { a.records = []entry{forged.entries[0]} }), nil)
	refused("fork", "the next record of another history",
		with(func(a *answer) { a.records = []entry{other.entries[4]} }), nil)
	refused("fork", "another salt", with(func(a *answer) {
		changed := chain[1]
		changed.salt = hash([]byte("another salt"))
		a.records = []entry{changed, chain[2]}
	}), nil)
	refused("other-chain", "a record of another credential", with(func(a *answer) { a.records = []entry{e[9]} }), nil)
	refused("other-chain", "a record of an owner", with(func(a *answer) { a.records = []entry{e[6]} }), nil)
	refused("other-chain", "a record of the server", with(func(a *answer) { a.records = []entry{e[0]} }), nil)
	refused("order", "a place before the previous record", with(func(a *answer) {
		moved := chain[1]
		moved.index = 2
		a.records = []entry{moved}
	}), nil)
	refused("record-malformed", "a record in a second spelling", with(func(a *answer) {
		spelt := chain[1]
		spelt.record = strings.Replace(spelt.record, `"v":1`, `"v": 1`, 1)
		a.records = []entry{spelt}
	}), nil)
	refused("checkpoint-not-signed", "another journal's key", with(func(a *answer) {
		a.note = newKey("journal.example/two", "two").sign(checkpoint(origin, 7, j.root(7)))
	}), nil)
	refused("checkpoint-signature-wrong", "a checkpoint that was changed", with(func(a *answer) {
		a.note = strings.Replace(ours.sign(checkpoint(origin, 8, j.root(7))), "\n8\n", "\n7\n", 1)
	}), nil)
	refused("checkpoint-malformed", "a checkpoint with an extension", with(func(a *answer) {
		a.note = ours.sign(checkpoint(origin, 7, j.root(7)) + "more\n")
	}), nil)
	refused("other-journal", "a checkpoint of another origin", with(func(a *answer) {
		a.note = ours.sign(checkpoint("journal.example/two", 7, j.root(7)))
	}), nil)
	refused("checkpoint-older", "a smaller tree", answer{1, 3, nil, ours.sign(checkpoint(origin, 2, j.root(2))), 3, 2}, nil)
	refused("not-consistent", "a rewritten journal", with(func(a *answer) {
		a.note = ours.sign(checkpoint(origin, 7, other.root(7)))
	}), func(one object) {
		one["consistency"], one["proof"] = other.consistency(7, 3), other.inclusion(7, e[5].index)
	})
	refused("not-consistent", "another root for the same size", answer{2, 7, chain[2:3],
		ours.sign(checkpoint(origin, 7, other.root(7))), 7, e[5].index}, nil)
	refused("not-consistent", "no proof of consistency", later, func(one object) { one["consistency"] = []string{} })
	refused("not-consistent", "a hash too many", later, func(one object) {
		one["consistency"] = append(slices.Clone(one["consistency"].([]string)), b64(hash()))
	})
	refused("not-covered", "the newest record is not in the tree yet", answer{1, 3, chain[1:3], "", 5, 4}, nil)
	refused("not-included", "the proof of another record", with(func(a *answer) { a.of = e[4].index }), nil)
	refused("not-included", "no proof", later, func(one object) { one["proof"] = []string{} })
	refused("not-included", "a record that was never in the journal", with(func(a *answer) {
		a.records = []entry{{index: e[4].index, salt: hash(), record: record("change",
			place(credential, 2, chain[0].commitment), `"what":"invented","subject":"s","by":"operator"`)}}
		a.of = e[4].index
	}), nil)
	refused("not-included", "another place than the record has", with(func(a *answer) {
		moved := chain[2]
		moved.index = 6
		a.records = []entry{chain[1], moved}
	}), nil)
	return object{"key": ours.text, "origin": origin, "cases": cases}
}
