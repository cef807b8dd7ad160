package main

import (
	"fmt"
	"testing"
)

// consented is a world in which a consent for two signatures was given, and one approval stands under it.
func consented(t *testing.T) *world {
	w := newWorld(t)
	w.approve(`{"kind":"consent","count":2,"until":"2026-11-24T12:10:00Z"}`, "pin")
	w.approve(signing("three"), w.consent())
	return w
}

func signing(text string) string {
	return fmt.Sprintf(`{"kind":"sign","digests":[{"value":%q}]}`, b64(hash(text)))
}

// consent is the name of the one that was given first.
func (w *world) consent() string {
	return consentID(entry{line: line{Evidence: octets(w.evidence[8])}}.payload())
}

func (w *world) approve(intent, factor string) map[string]any {
	w.evidence[len(w.records)] = w.jws(device, intent)
	approval := map[string]any{"kind": "approval", "chain": credential, "intent": b64(hash(intent)),
		"evidence": b64(hash(w.evidence[len(w.records)])), "sender": device,
		"factors": []string{"device", factor}, "time": "2026-11-24T12:00:00.123Z"}
	w.records = append(w.records, approval)
	return approval
}

func TestApprovalsUnderAConsentHaveNoFinding(t *testing.T) {
	w := consented(t)
	w.approve(signing("four"), w.consent())
	if findings := w.findings(t, nil); len(findings) != 0 {
		t.Fatal(findings)
	}
}

func TestApprovalsThatNoConsentCoversAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		finding string
		doctor  func(w *world)
	}{
		"more than was given": {"goes beyond the consent", func(w *world) {
			w.approve(signing("four"), w.consent())
			w.approve(signing("five"), w.consent())
		}},
		"never given": {"not given before", func(w *world) {
			w.approve(signing("four"), "cns_aaaaaaaaaaaaaaaaaaaaaaaaaa")
		}},
		"given for another credential": {"of another device or credential", func(w *world) {
			w.approve(signing("four"), w.consent())["chain"] = "crd_b"
		}},
		"too late": {"had ended", func(w *world) {
			w.approve(signing("four"), w.consent())["time"] = "2026-11-24T12:10:00Z"
		}},
		"a use of the consent itself": {"does not name", func(w *world) {
			w.records = append(w.records, use(8, one))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := consented(t)
			c.doctor(w)
			requireFinding(t, w.findings(t, nil), c.finding)
		})
	}
}
