# Bare `make` lists the targets. What a target does in more than a line stands in .ci/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export PATH := $(PATH):/usr/local/go/bin

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO_BUILD := CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'
LISTEN ?= :8080

WEB := api/web
WEB_DIST := $(WEB)/dist/index.html
WEB_MODULES := $(WEB)/node_modules/.package-lock.json
WEB_SOURCES := $(shell find $(WEB) \( -name node_modules -o -path $(WEB)/dist -o -path $(WEB)/e2e \) -prune -o \
	-type f ! -name '*.go' ! -name '*.md' -print 2>/dev/null)

.PHONY: help
help: ## list the targets
	@echo 'shikong: what stands where, and when'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: bin ## build, make the example city, import it into demo.gpkg, serve it on http://localhost:8080
	@.ci/demo '$(LISTEN)'

.PHONY: test
test: ## run every test: Go with -race, web unit, end to end in a browser; installs what they need
	@.ci/test

.PHONY: check
check: ## format, vet, lint, floors, generated code up to date, types of the web map
	@.ci/check

.PHONY: bench
bench: ## run the benchmarks; BENCH=regexp PKG=./folder/... COUNT=10 to choose
	@.ci/bench

.PHONY: web
web: $(if $(wildcard $(WEB)/package.json),$(WEB_DIST)) ## build the planners' web map into api/web/dist

.PHONY: build
build: web ## build the static binaries for linux/amd64, linux/arm64 and this machine into bin/
	@.ci/need go
	GOOS=linux GOARCH=amd64 $(GO_BUILD) -o bin/shikong-linux-amd64 ./cmd/shikong
	GOOS=linux GOARCH=arm64 $(GO_BUILD) -o bin/shikong-linux-arm64 ./cmd/shikong
	$(GO_BUILD) -o bin/shikong ./cmd/shikong

.PHONY: bless
bless: ## rewrite the golden files; read the diff before you commit it
	@.ci/need go
	SHIKONG_BLESS=1 go test -count=1 ./...
	@git status --short -- '*/testdata/*'

.PHONY: postgis
postgis: ## start a private PostGIS for development and print how to use and stop it
	@.ci/need postgis
	@dsn=$$(.ci/postgis.sh start); dir=$${dsn#*host=}; \
	echo "export SHIKONG_TEST_POSTGIS='$$dsn'"; echo "# when done: .ci/postgis.sh stop $${dir%%&*}"

# The binary of this machine alone: each architecture compiles SQLite anew, which takes a minute.
.PHONY: bin
bin: web
	@.ci/need go
	$(GO_BUILD) -o bin/shikong ./cmd/shikong

$(WEB_MODULES): $(WEB)/package.json $(WEB)/package-lock.json
	@.ci/need node
	npm --prefix $(WEB) ci --no-audit --no-fund
	@touch $@

$(WEB_DIST): $(WEB_MODULES) $(WEB_SOURCES)
	npm --prefix $(WEB) run build
	@touch $@ $(WEB)/dist/.gitkeep
