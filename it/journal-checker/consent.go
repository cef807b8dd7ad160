package main

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// consent is what its device approved ahead (FORMATS §6): so many signatures, until then.
type consent struct {
	device, chain string
	left          int
	until         time.Time
}

// intent is what of one matters here.
type intent struct {
	Kind    string
	Count   int
	Until   time.Time
	Digests []struct{ Value octets }
}

// payload returns what the device signed; nothing when the evidence is no JWS.
func (e entry) payload() []byte {
	parts := strings.Split(string(e.line.Evidence), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	return payload
}

// consents keeps a consent by the name that its intent gives it, and counts each approval that names one against it:
// whatever the database said, no more was approved than the device had signed.
func (c *checker) consents(index uint64, e entry) {
	payload := e.payload()
	var signed intent
	if json.Unmarshal(payload, &signed) != nil {
		return
	}
	if signed.Kind == "consent" {
		c.given[consentID(payload)] = &consent{e.record.Sender, e.record.Chain, signed.Count, signed.Until}
		return
	}
	for _, factor := range e.record.Factors {
		if strings.HasPrefix(factor, "cns_") {
			c.spend(index, factor, e.record, len(signed.Digests))
		}
	}
}

func consentID(intent []byte) string {
	h := sha256.Sum256(intent)
	return "cns_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h[:16]))
}

func (c *checker) spend(index uint64, id string, approval record, digests int) {
	given, known := c.given[id]
	if !known {
		c.find(index, "names a consent that was not given before: %q", id)
		return
	}
	if given.device != approval.Sender || given.chain != approval.Chain {
		c.find(index, "names a consent of another device or credential")
	}
	at, err := time.Parse(time.RFC3339Nano, approval.Time)
	if err != nil || !at.Before(given.until) {
		c.find(index, "names a consent that had ended")
	}
	given.left -= digests
	if given.left < 0 {
		c.find(index, "goes beyond the consent that it names")
	}
}
