.PHONY: test-foundation strictness campaign-strictness run build test deploy-check release release-check install-test image-test systemd-test ui-test fuzz contract campaign campaign-schedule campaign-retention campaign-pages campaign-protocols campaign-reload lint bench bench-protocols bench-connections bench-neighbours docs reference clean help
.DEFAULT_GOAL := help

help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 20

run:  ## Build and serve on 127.0.0.1:8080, into ./logs
	@.ci/packages build
	swift build -c release --static-swift-stdlib --product cordwood
	@[ -n "$$CORDWOOD_CONFIG" ] || set -- --no-config; exec .build/release/cordwood serve "$$@"

build:  ## Build the binary for release: .build/release/cordwood
	@.ci/packages build
	swift build -c release --static-swift-stdlib --product cordwood

test: lint deploy-check  ## Check the format and the files of deploy, and run all tests
	@.ci/packages test
	swift build --build-tests
	@.build/venv/bin/python3 -B Tests/Deploy/check.py LibrariesTests
	@.build/venv/bin/python3 -B Tests/Deploy/schema.py
	@.build/venv/bin/python3 -B Tests/Deploy/helm.py ReleaseTests.test_cordwood_accepts_every_configuration
	@.build/venv/bin/python3 -B Tests/Deploy/jobs.py .build/debug/cordwood
	swift test --disable-xctest

deploy-check:  ## Check the Dockerfile and the files of deploy with their own validators
	@.ci/packages deploy
	@.build/venv/bin/python3 -B Tests/Deploy/check.py
	@.build/venv/bin/python3 -B Tests/Deploy/helm.py

image-test:  ## Build the image on stand-ins, run it, and count the records; as root
	@.ci/packages image
	@Tests/Deploy/image.sh

systemd-test: build  ## Boot systemd in a container and follow docs/DEPLOY.md there; as root
	@.ci/packages systemd
	@Tests/Deploy/systemd.sh

release:  ## Build what is released: packages, a tarball, the image; into dist
	@.ci/packages release
	@deploy/release/build .build-release
	@deploy/release/package .build-release dist

release-check:  ## Release twice and compare the bytes; ALL=all compiles twice as well
	@.ci/packages release
	@[ -x .build-release/portable/cordwood ] || deploy/release/build .build-release
	@deploy/release/check .build-release $(ALL)

install-test:  ## Install, upgrade and remove what is in dist, in a Debian 12 and a Debian 13; as root
	@.ci/packages install
	@Tests/Deploy/install.sh dist

ui-test:  ## Try the page at /ui, and pages of other origins, in a real Chromium; PICTURES=DIR keeps pictures
	@.ci/packages ui-test
	swift build --product cordwood
	cd Tests/Browser && ../../.build/venv/bin/python3 -B -m unittest

# Seconds for each target of `make fuzz`.
FUZZ_SECONDS = 60

fuzz:  ## Fuzz the parsers with libFuzzer, beginning with Fuzz/Corpus
	@.ci/packages build
	@FUZZ_SECONDS=$(FUZZ_SECONDS) Fuzz/run

# Requests of `make contract` for each operation, about.
CONTRACT_EXAMPLES = 150

contract:  ## Check the service against openapi.yaml, with many valid and invalid requests
	@.ci/packages test
	CORDWOOD_CONTRACT_EXAMPLES=$(CONTRACT_EXAMPLES) \
		swift test --disable-xctest --filter KeepsItsContractTests

# Seconds that the kills of `make campaign` take, about; the schedules come on top.
CAMPAIGN_SECONDS = 300

campaign: campaign-schedule campaign-retention campaign-pages  ## Kill, starve and stop writers and the service, and count the records
	@.ci/packages test
	swift build --product RotatingFileProbe
	swift build --product cordwood
	@python3 -B Tests/Campaign/campaign.py --probe .build/debug/RotatingFileProbe \
		--service .build/debug/cordwood --seconds $(CAMPAIGN_SECONDS)

campaign-schedule:  ## Compare a million schedules with CPython's
	@.ci/packages test
	CORDWOOD_SCHEDULE_CASES=1000000 CORDWOOD_ALIGNED_CASES=8000 \
		swift test --disable-xctest --filter ScheduleDifferentialTests

campaign-retention:  ## Run a million histories of retention
	@.ci/packages test
	CORDWOOD_RETENTION_HISTORIES=1000000 \
		swift test --disable-xctest --filter RetentionHistoryTests

campaign-pages:  ## Damage the state pages of a running service three thousand times
	@.ci/packages test
	CORDWOOD_PAGE_CASES=3000 swift test --disable-xctest --filter SurvivesADamagedPageTests

# Seconds that the clients of `make campaign-protocols` send; 10 is a short one.
PROTOCOL_SECONDS = 60

campaign-protocols:  ## Send with every real client through reloads, kills and full disks, and count
	@.ci/packages test
	swift build --product cordwood
	@.build/clients/python/bin/python3 -B Tests/Campaign/protocols.py \
		--service .build/debug/cordwood --seconds $(PROTOCOL_SECONDS)

campaign-reload:  ## Reload a thousand times and upgrade a hundred times under load
	@.ci/packages test
	CORDWOOD_RELOADS=1000 CORDWOOD_UPGRADES=100 \
		swift test --disable-xctest --filter ReloadsUnderLoadTests

lint:  ## Check the format, the imports between targets and the licence of each file
	@.ci/packages build
	swift format lint --strict -r Sources Tests Fuzz Package.swift Examples/Sources Examples/Package.swift
	@.ci/imports
	@.ci/licences
	swift build --traits FoundationSockets --target Linux --scratch-path .build-foundation

test-foundation:  ## Run tests of the service with the sockets that Foundation brings
	@.ci/packages test
	swift test --disable-xctest --traits FoundationSockets --scratch-path .build-foundation \
		--filter 'LinuxTests|HTTPTests|ServiceTests.($(FOUNDATION_TESTS))'

# The service tests whose subject is a socket: TCP, Unix, inherited, TLS, slow and proxied.
FOUNDATION_TESTS = KeepsConnections|ListensOnUnixSockets|ServesInheritedSockets|SharesConnections|SpeaksTLS|BearsSlowClients|ReadsProxyHeaders|BoundsConnections|NotifiesSystemd|Stops

# Options of the benchmarks: `make bench BENCH='--rounds 1 --seconds 2'` is a short one.
BENCH =

bench: build  ## Compare it with other servers; four minutes
	@.ci/packages bench
	@.build/venv-bench/bin/python3 -B Benchmarks/run $(BENCH)

bench-protocols: build  ## Measure the protocols of other services' clients; two minutes
	@.ci/packages bench
	@.build/venv-bench/bin/python3 -B Benchmarks/protocols $(BENCH)

bench-connections: build  ## Measure it beside ten thousand slow connections; six minutes
	@.ci/packages bench
	@.build/venv-bench/bin/python3 -B Benchmarks/connections $(BENCH)

bench-neighbours: build  ## Measure how long a client waits beside each attack; six minutes
	@.ci/packages bench
	@python3 -B Benchmarks/neighbours $(BENCH)

docs:  ## Build the libraries' documentation: .build/docs
	@.ci/packages build
	@mkdir -p .build/docs
	CORDWOOD_DOCS=1 swift package --scratch-path .build-docs \
		--allow-writing-to-directory .build/docs generate-documentation \
		--target RotatingFile --target RotatingFileLogging \
		--enable-experimental-combined-documentation --warnings-as-errors \
		--transform-for-static-hosting --output-path .build/docs

strictness:  ## Write the table of docs/HTTP-STRICTNESS.md again
	@.ci/packages test
	CORDWOOD_WRITE_STRICTNESS=1 \
		swift test --disable-xctest --filter FuzzTargetsTests.DifferentialTests

campaign-strictness:  ## Parse a hundred thousand mutated requests here and in Node, and compare
	@.ci/packages test
	CORDWOOD_DIFFERENTIAL_CASES=100000 \
		swift test --disable-xctest --filter FuzzTargetsTests.DifferentialTests

reference:  ## Write docs/configuration.md and the schemas of the configuration again
	swift build --product cordwood
	.build/debug/cordwood check --print-reference > docs/configuration.md
	.build/debug/cordwood check --schema > docs/cordwood.schema.json
	python3 -B Tests/Deploy/chart_schema.py

clean:  ## Remove the build
	rm -rf .build .build-foundation .build-docs .build-fuzz .build-release dist
