package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// settings are what shikong serve can be told, by flags and in the configuration file.
type settings struct {
	Store     string        `koanf:"store"`
	Listen    string        `koanf:"listen"`
	TokenFile string        `koanf:"token_file"`
	Spool     string        `koanf:"spool"`
	CORS      []string      `koanf:"cors"`
	BasePath  string        `koanf:"base_path"`
	PublicURL string        `koanf:"public_url"`
	Title     string        `koanf:"title"`
	CacheMB   int64         `koanf:"cache_mb"`
	Poll      time.Duration `koanf:"poll"`
	Grace     time.Duration `koanf:"grace"`
	LogLevel  string        `koanf:"log_level"`
}

func defaultSettings() *settings {
	return &settings{Listen: ":8080", Title: "shikong", CacheMB: 256, Poll: 300 * time.Millisecond, Grace: 15 * time.Second, LogLevel: "info"}
}

// load reads the configuration file under the flags: what was given as a flag stays.
func (s *settings) load(path string, flags *pflag.FlagSet) error {
	if path == "" {
		return nil
	}
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return wrapf(err, "--config %s", path)
	}
	for _, key := range k.Keys() {
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
