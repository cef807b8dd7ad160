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

// enrolled keeps the public key of a device, which its enrolment journalled.
func (c *checker) enrolled(index uint64, change record) {
	if change.What != "enrol" {
		return
	}
	spki, err := base64.RawURLEncoding.Strict().DecodeString(change.Details["spki"])
	if err != nil {
		c.find(index, "names a device key that is not base64url")
		return
	}
	parsed, err := x509.ParsePKIXPublicKey(spki)
	key, ok := parsed.(*ecdsa.PublicKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		c.find(index, "enrols a device without a P-256 key")
		return
	}
	c.devices[change.Subject] = key
}

// signed: the evidence is the approving device's own ES256 signature (RFC 7518 §3.4), under its own name.
func (c *checker) signedBy(index uint64, device string, jws string) {
	key, known := c.devices[device]
	if !known {
		c.find(index, "is of a device that was not enrolled before: %q", device)
		return
	}
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
		header.Alg != "ES256" || header.Kid != device {
		c.find(index, "has evidence under another header")
	}
}
