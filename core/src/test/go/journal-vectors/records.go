package main

import (
	"fmt"
	"strings"
)

func place(chain string, seq int, prev []byte) string {
	return fmt.Sprintf(`"chain":%q,"seq":%d,"prev":%q`, chain, seq, b64(prev))
}

func record(kind, place, members string) string {
	if place != "" {
		place += ","
	}
	return fmt.Sprintf(`{"v":1,"kind":%q,"time":"2026-11-24T17:30:00.123Z",%s%s}`, kind, place, members)
}

func records() object {
	prev, h := hash([]byte("the record before")), b64(hash([]byte("something")))
	first, later := place(credential, 1, make([]byte, 32)), place(credential, 2, prev)
	digest := func(oid string, size int) string {
		return fmt.Sprintf(`{"alg":"2.16.840.1.101.3.4.2.%s","value":%q}`, oid, b64(make([]byte, size)))
	}
	use := record("use", later, `"approval":7,"digests":[`+digest("1", 32)+`],"scheme":7`)
	pss := record("use", later, `"approval":0,"digests":[`+digest("3", 64)+`,`+digest("3", 64)+`],"scheme":6,"saltLength":20`)
	approval := record("approval", first, `"intent":"`+h+`","evidence":"`+h+`","level":"BOUND","factors":["device","pin"],`+
		`"sender":"dev_aaaqeayeaudaocajbifqydiob4","shown":[{"what":"document","text":"Kündigung \"A\"\u000a2 S. 🖋","source":"computed"}]`)
	outcome := record("outcome", later, `"use":8,"results":[{"signed":"`+h+`"},"failed","unknown"]`)
	change := record("change", first, `"what":"created","subject":"`+credential+`","by":"operator","details":{"policy":"p","spki":"s"}`)

	var cases []object
	accepted := func(name, record string) {
		salt := hash([]byte(name))
		commitment := hash(salt, []byte(record))
		cases = append(cases, object{"name": name, "record": record, "outcome": "accepted", "salt": b64(salt),
			"commitment": b64(commitment), "leaf": b64(hash([]byte{0}, commitment))})
	}
	refused := func(reason, name, record string) {
		cases = append(cases, object{"name": name, "record": record, "outcome": "refused", "reason": reason})
	}
	without := func(record, part string) string {
		if !strings.Contains(record, part) {
			panic(part + " is not in " + record)
		}
		return strings.Replace(record, part, "", 1)
	}
	changed := func(record, from, to string) string {
		without(record, from)
		return strings.Replace(record, from, to, 1)
	}

	accepted("approval", approval)
	accepted("use", use)
	accepted("use with PSS", pss)
	accepted("outcome", outcome)
	accepted("change", change)
	accepted("change of an owner, approved", record("change", place(owner, 3, prev),
		`"what":"pin","subject":"`+owner+`","by":"dev_aaaqeayeaudaocajbifqydiob4","intent":"`+h+`"`))
	accepted("change of the server", record("change", "", `"what":"invited","subject":"Ada","by":"operator"`))
	accepted("no factors, nothing shown", changed(changed(approval, `["device","pin"]`, "[]"),
		approval[strings.Index(approval, `[{"what"`):strings.Index(approval, `]}`)+1], "[]"))

	refused("syntax", "empty", "")
	refused("value", "not an object", "[]")
	refused("syntax", "cut off", use[:len(use)-1])
	refused("spelling", "something follows", use+" ")
	refused("spelling", "white space", changed(use, `"v":1`, `"v": 1`))
	refused("spelling", "an escape that is not needed", changed(use, `"kind"`, `"\u006bind"`))
	refused("spelling", "a short escape", changed(approval, `\u000a`, `\n`))
	refused("spelling", "members in another order", changed(use, `"v":1,"kind":"use"`, `"kind":"use","v":1`))
	refused("members", "a member twice", changed(use, `"v":1`, `"v":1,"v":1`))
	refused("members", "an unknown member", changed(use, `"v":1`, `"v":1,"x":1`))
	refused("members", "a member of another kind", changed(use, `"scheme":7`, `"scheme":7,"use":8`))
	refused("members", "a missing member", without(use, `"approval":7,`))
	refused("value", "another version", changed(use, `"v":1`, `"v":2`))
	refused("value", "an unknown kind", changed(use, `"use"`, `"abuse"`))
	refused("value", "a fraction", changed(use, `"approval":7`, `"approval":7.0`))
	refused("value", "a number below zero", changed(use, `"approval":7`, `"approval":-7`))
	refused("size", "a number beyond 63 bits", changed(use, `"approval":7`, `"approval":9223372036854775808`))
	refused("spelling", "a time with needless digits", changed(use, `.123Z`, `.123000Z`))
	refused("spelling", "a time finer than milliseconds", changed(use, `.123Z`, `.123456Z`))
	refused("spelling", "a time with an offset", changed(use, `.123Z`, `.123+00:00`))
	refused("value", "seq 0", changed(use, `"seq":2`, `"seq":0`))
	refused("value", "seq 1 with a previous record", changed(use, `"seq":2`, `"seq":1`))
	refused("value", "a chain of a device", changed(use, `"chain":"crd_`, `"chain":"dev_`))
	refused("spelling", "a chain's id with unused bits", changed(use, `diob4"`, `diob5"`))
	refused("spelling", "a hash with padding", changed(approval, h, h+"="))
	refused("spelling", "a hash with unused bits", changed(approval, h, h[:42]+"_"))
	refused("size", "a hash of 31 octets", changed(approval, h, h[:41]+"g"))
	refused("size", "a digest of another length", changed(use, digest("1", 32), digest("1", 48)))
	refused("value", "SHA-1", changed(use, digest("1", 32), `{"alg":"1.3.14.3.2.26","value":"AAAAAAAAAAAAAAAAAAAAAAAAAAA"}`))
	refused("value", "a digest of another hash than the scheme's", changed(use, digest("1", 32), digest("2", 48)))
	refused("size", "no digests", changed(use, digest("1", 32), ""))
	refused("value", "an unknown scheme", changed(use, `"scheme":7`, `"scheme":10`))
	refused("members", "a salt length without PSS", changed(use, `"scheme":7`, `"scheme":7,"saltLength":0`))
	refused("members", "PSS without a salt length", without(pss, `,"saltLength":20`))
	refused("value", "an unknown level", changed(approval, `BOUND`, `bound`))
	refused("value", "an unknown source", changed(approval, `computed`, `guessed`))
	refused("value", "an unknown result", changed(outcome, `"failed"`, `"perhaps"`))
	refused("size", "no results", changed(outcome, `{"signed":"`+h+`"},"failed","unknown"`, ""))
	refused("spelling", "details without any", changed(change, `{"policy":"p","spki":"s"}`, `{}`))
	refused("spelling", "details in another order", changed(change, `"policy":"p","spki":"s"`, `"spki":"s","policy":"p"`))
	refused("value", "a detail that is no text", changed(change, `"p"`, `1`))
	refused("members", "an approval of the server", without(approval, first+","))
	refused("syntax", "text after the record", use+"{}")
	refused("value", "a detail whose name is not of letters", changed(change, `"policy"`, `"pölicy"`))
	refused("size", "nested too deeply", strings.Repeat(`{"v":`, 1000))
	return object{"cases": cases}
}
