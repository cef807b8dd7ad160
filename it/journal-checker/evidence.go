package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// enrolled is a device that is enrolled now.
type enrolled struct {
	owner string
	key   *ecdsa.PublicKey
}

// change: what an owner or a new device approved has their signature beside it; devices come and go.
func (c *checker) change(index uint64, e entry) {
	change := e.record
	fresh := change.What == "enrol" || change.What == "recover" || change.What == "recovery-begun"
	var key *ecdsa.PublicKey
	if fresh || change.What == "add-device" {
		if key = c.journalled(index, change); key == nil {
			return
		}
	}
	// A server of before kept no evidence of first enrolments.
	if len(change.Intent) > 0 && !(change.What == "enrol" && len(e.line.Evidence) == 0) && c.aboutItsIntent(index, e) {
		if fresh {
			c.signedBy(index, key, "", string(e.line.Evidence))
		} else {
			c.signedByDevice(index, change.By, string(e.line.Evidence))
		}
	}
	switch change.What {
	case "enrol", "add-device":
		c.devices[change.Subject] = enrolled{change.Chain, key}
	case "remove-device":
		delete(c.devices, change.Subject)
	case "recover":
		for id, d := range c.devices {
			if d.owner == change.Chain {
				delete(c.devices, id)
			}
		}
		c.devices[change.Subject] = enrolled{change.Chain, key}
	}
}

// journalled is the public key of a new device, which its record names.
func (c *checker) journalled(index uint64, change record) *ecdsa.PublicKey {
	spki, err := base64.RawURLEncoding.Strict().DecodeString(change.Details["spki"])
	if err != nil {
		c.find(index, "names a device key that is not base64url")
		return nil
	}
	parsed, err := x509.ParsePKIXPublicKey(spki)
	key, ok := parsed.(*ecdsa.PublicKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		c.find(index, "enrols a device without a P-256 key")
		return nil
	}
	return key
}

// signedByDevice: the evidence is by a device that is enrolled at that point.
func (c *checker) signedByDevice(index uint64, id string, jws string) {
	device, known := c.devices[id]
	if !known {
		c.find(index, "is of a device that was not enrolled before: %q", id)
		return
	}
	c.signedBy(index, device.key, id, jws)
}

// signedBy: the evidence is an ES256 signature (RFC 7518 §3.4) of this key, under this name.
func (c *checker) signedBy(index uint64, key *ecdsa.PublicKey, kid string, jws string) {
	dot := strings.LastIndexByte(jws, '.')
	signature, err := base64.RawURLEncoding.Strict().DecodeString(jws[dot+1:])
	if err != nil || len(signature) != 64 {
		c.find(index, "has evidence without an ES256 signature")
		return
	}
	hash := sha256.Sum256([]byte(jws[:dot]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(key, hash[:], r, s) {
		c.find(index, "has evidence that its device did not sign")
		return
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(strings.Split(jws, ".")[0])
	var header struct{ Typ, Alg, Kid string }
	if err != nil || json.Unmarshal(text, &header) != nil || header.Typ != "custodian-intent+jwt" ||
		header.Alg != "ES256" || header.Kid != kid {
		c.find(index, "has evidence under another header")
	}
}
