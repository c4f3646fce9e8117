package main

import "fmt"

func wrapf(err error, format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}
