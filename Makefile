# Debian packages that the tests need, installed when missing.
BUILD_PACKAGES = maven
IT_PACKAGES = $(BUILD_PACKAGES) bsdutils curl dbus faketime gcc gdb git gnome-keyring gnupg-pkcs11-scd gnutls-bin gpgsm libc6-dev libengine-pkcs11-openssl libnss3 libnss3-tools libp11-kit-dev libsecret-tools nginx-light opensc openssh-client \
	openssh-server openssl osslsigncode p11-kit p11-kit-modules pcscd poppler-utils python3-venv qpdf softhsm2 swtpm swtpm-tools systemd tpm2-openssl tpm2-tools vsmartcard-vpcd xdotool xvfb yubico-piv-tool

.PHONY: help test it it-full soak fuzz bench pit format clean
.NOTPARALLEL:

help: ## show this list
	@sed -n 's/^\([a-z-]*\): *## */\1\t/p' Makefile | expand -t 10

test: ## unit tests and slices of all modules, format, house rules
	@build/packages.sh $(BUILD_PACKAGES)
	@build/tests.sh unit

it: ## end-to-end tests with programs of others; FORKS=1: not two classes at a time
	@build/packages.sh $(IT_PACKAGES)
	@command -v go >/dev/null || build/packages.sh golang-go
	@build/python.sh & python=$$!; build/wine.sh && build/wine32.sh && wait $$python
	@build/tests.sh it

it-full: ## what takes too long for each change: 10,000 idle TLS connections, a PKCS#11 module killed 100 times, 100,000 signatures over SoftHSM, end-to-end tests over it, a PIV card as a store, the HSM module Kryoptic (needs a cargo of Rust 1.85), SunMSCAPI and jarsigner under Wine
	@build/packages.sh $(IT_PACKAGES) clang libclang-dev libsqlite3-dev libssl-dev pkg-config
	@build/kryoptic.sh
	@build/wine.sh
	@build/mscapi.sh
	@build/tests.sh full

soak: ## 10,000 kills and other faults, an hour of the agent; KILLS=, MINUTES= bound it, it goes on where it ended; SOAK=AgentSoak or Soak alone
	@build/packages.sh $(BUILD_PACKAGES)
	@command -v go >/dev/null || build/packages.sh golang-go
	@build/tests.sh soak

fuzz: ## every decoder under Jazzer, that in C under libFuzzer: hours; INPUTS= (10,000,000) for each target, TARGET= picks, JOBS= at once; goes on
	@build/packages.sh $(BUILD_PACKAGES)
	@build/fuzz.sh
	@build/native.sh fuzz

bench: ## how fast it is, as ratios within one run, into bench/target/bench.txt; PART= picks programs, windows, server, device, hsm, crowd (a million rows)
	@build/packages.sh $(BUILD_PACKAGES) gcc libc6-dev libp11-kit-dev libssl-dev openssl p11-kit p11-kit-modules softhsm2 swtpm tpm2-openssl tpm2-tools xdotool xvfb
	@build/bench.sh

pit: ## mutation tests of core and what decides over a signature: hours; PACKAGES= names some of them
	@build/packages.sh $(BUILD_PACKAGES) gcc libc6-dev libp11-kit-dev softhsm2
	@build/pit.sh $(PACKAGES)

format: ## bring all sources into the house format
	@. build/jdk.sh && mvn -B -ntp -q spotless:apply

clean: ## delete everything that was built
	@rm -rf target */target
