package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
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
		return wrapf(configProblem(err), "--config %s", path)
	}
	for _, key := range k.Keys() {
		flag := flags.Lookup(strings.ReplaceAll(key, "_", "-"))
		switch known := knownSettings(flags); {
		case flag != nil && slices.Contains(known, key):
			if flag.Changed {
				k.Delete(key)
			}
		default:
			if err := checkCollectionSetting(strings.Split(key, "/"), known); err != nil {
				return usageError{wrapf(err, "--config %s", path)}
			}
		}
	}
	if err := k.UnmarshalWithConf("", s, koanf.UnmarshalConf{Tag: "koanf"}); err != nil {
		// The decoder's heading and an empty line stand before what is wrong.
		_, what, _ := strings.Cut(err.Error(), "\n\n")
		return usageError{wrapf(&spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-setting", Message: strings.ReplaceAll(what, "\n", "; "),
			Hint: "shikong serve --help says what each takes"}, "--config %s", path)}
	}
	return nil
}

// configProblem is what keeps a configuration file from being read.
func configProblem(err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return fileProblem(err)
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-yaml", Message: strings.ReplaceAll(err.Error(), "\n ", ""),
		Hint: "write a setting a line, such as listen: \":8080\"; shikong serve --help lists them"}
}

// knownSettings lists the settings that are flags, too.
func knownSettings(flags *pflag.FlagSet) (names []string) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" && f.Name != "help" {
			names = append(names, strings.ReplaceAll(f.Name, "-", "_"))
		}
	})
	return names
}

// checkCollectionSetting refuses a setting, given by the keys that lead to it, that is none of a
// collection. The known ones are those at the top.
func checkCollectionSetting(key, known []string) error {
	unknown := func(name string, known []string) error {
		p := &spatial.Problem{Kind: spatial.ErrInvalid, Code: "unknown-setting", Message: fmt.Sprintf("there is no setting %q", strings.Join(key, ": ")),
			Hint: "there are " + strings.Join(known, ", ")}
		if like := spatial.Alike(name, known); like != "" {
			p.Hint = fmt.Sprintf("is it %s?", like)
		}
		return p
	}
	switch {
	case key[0] != "collections":
		return unknown(key[0], append(known, "collections"))
	case len(key) < 3:
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-setting", Message: fmt.Sprintf("%q has nothing to say below it", strings.Join(key, ": ")),
			Hint: "write collections, below it the name of one, and below that " + strings.Join(collectionKeys, " or ")}
	case len(key) > 3 || !slices.Contains(collectionKeys, key[2]):
		return unknown(key[2], collectionKeys)
	}
	return nil
}

// check refuses values with which no server could be run.
func (s *settings) check() error {
	if s.CacheMB < 0 || s.Poll < 0 || s.Grace < 0 {
		return usagef("--cache-mb, --poll and --grace cannot be negative")
	}
	if s.PublicURL != "" && !isOrigin(s.PublicURL, true) {
		return usagef("--public-url %s is no address; write https://city.example", s.PublicURL)
	}
	for _, origin := range s.CORS {
		if origin != "*" && !isOrigin(origin, false) {
			return usagef("--cors %s is no origin; write https://city.example, or * for any", origin)
		}
	}
	return nil
}

// isOrigin reports whether a text is the beginning of web addresses, with a path or without.
func isOrigin(text string, path bool) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && (path || u.Path == "")
}

// warn tells what is allowed, since it may be there later, and most often a mistake.
func (s *settings) warn(ctx context.Context, store spatial.Reader, logger *slog.Logger) {
	names := append(slices.Collect(maps.Keys(s.Collections)), s.NotResident...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if _, err := store.Collection(ctx, name); errors.Is(err, spatial.ErrNotFound) {
			logger.Warn("a collection that the settings name is not there", "collection", name)
		}
	}
	if s.TokenFile == "" {
		return
	}
	if _, err := os.Stat(s.TokenFile); errors.Is(err, fs.ErrNotExist) {
		logger.Warn("the file of tokens is not there, so nobody may write yet", "file", s.TokenFile, "make", "shikong token create NAME --file "+s.TokenFile)
	}
}

// logger writes structured lines to w.
func (s *settings) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return nil, usagef("--log-level %s is none of debug, info, warn, error", s.LogLevel)
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})), nil
}
