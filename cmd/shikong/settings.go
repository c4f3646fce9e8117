package main

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/shikong-cim/shikong/spatial"
)

// settings are what shikong serve can be told, by flags and in the configuration file.
type settings struct {
	Store     string `koanf:"store"`
	Listen    string `koanf:"listen"`
	TokenFile string `koanf:"token_file"`
	Spool     string `koanf:"spool"`
	// Writable lets holders of a token change single features, RequireMatch only with If-Match.
	Writable     bool          `koanf:"writable"`
	RequireMatch bool          `koanf:"require_if_match"`
	CORS         []string      `koanf:"cors"`
	BasePath     string        `koanf:"base_path"`
	PublicURL    string        `koanf:"public_url"`
	Title        string        `koanf:"title"`
	CacheMB      int64         `koanf:"cache_mb"`
	Poll         time.Duration `koanf:"poll"`
	Grace        time.Duration `koanf:"grace"`
	LogLevel     string        `koanf:"log_level"`
	// Archives are PMTiles files.
	Archives []string `koanf:"archives"`
	// NotResident names collections that are not held in memory.
	NotResident []string `koanf:"not_resident"`
	// TileBudget is "none" or the bytes of a compressed tile; "" is the default.
	TileBudget string `koanf:"tile_budget"`
	// Collections are what single collections are told, by name; in the configuration file alone.
	Collections map[string]collectionSettings `koanf:"collections"`
}

// collectionSettings are what one collection can be told.
type collectionSettings struct {
	TileBudget string `koanf:"tile_budget"`
	Resident   *bool  `koanf:"resident"` // held in memory unless false
}

func defaultSettings() *settings {
	return &settings{Listen: ":8080", Title: "shikong", CacheMB: 256, Poll: 300 * time.Millisecond, Grace: 15 * time.Second, LogLevel: "info"}
}

// collectionKeys are the settings below collections and a name.
var collectionKeys = []string{"tile_budget", "resident"}

// resident reports whether a collection is held in memory.
func (s *settings) resident(c spatial.Collection) bool {
	if held := s.Collections[c.Name].Resident; held != nil && !*held {
		return false
	}
	return !slices.Contains(s.NotResident, c.Name)
}

// budgets returns what vector tiles may take.
func (s *settings) budgets() (all int, own map[string]int, err error) {
	if all, err = budgetOf("--tile-budget", s.TileBudget); err != nil {
		return 0, nil, err
	}
	own = map[string]int{}
	for name, c := range s.Collections {
		if c.TileBudget == "" {
			continue
		}
		if own[name], err = budgetOf("collections: "+name+": tile_budget", c.TileBudget); err != nil {
			return 0, nil, err
		}
	}
	return all, own, nil
}

// budgetOf reads a budget: negative for none, zero where nothing was said.
func budgetOf(what, text string) (int, error) {
	const least = 1000
	switch n, err := strconv.Atoi(text); {
	case text == "":
		return 0, nil
	case text == "none":
		return -1, nil
	case err != nil || n < least:
		return 0, usagef("%s is none or a number of bytes from %d on, not %q", what, least, text)
	default:
		return n, nil
	}
}

// load reads the configuration file under the flags: what was given as a flag stays.
func (s *settings) load(path string, flags *pflag.FlagSet) error {
	if path == "" {
		return nil
	}
	k := koanf.New("/") // which no name of a collection has in it
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return wrapf(err, "--config %s", path)
	}
	for _, key := range k.Keys() {
		if parts := strings.Split(key, "/"); parts[0] == "collections" && len(parts) == 3 && slices.Contains(collectionKeys, parts[2]) {
			continue
		}
		flag := flags.Lookup(strings.ReplaceAll(key, "_", "-"))
		if flag == nil || key == "config" {
			return usagef("--config %s: there is no setting %q", path, key)
		}
		if flag.Changed {
			k.Delete(key)
		}
	}
	if err := k.UnmarshalWithConf("", s, koanf.UnmarshalConf{Tag: "koanf"}); err != nil {
		return usageError{wrapf(err, "--config %s", path)}
	}
	return nil
}

// logger writes structured lines to w.
func (s *settings) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return nil, usageError{fmt.Errorf("--log-level: %w", err)}
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})), nil
}
