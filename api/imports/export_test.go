package imports

import "os"

// SetWrite puts a function between the service and the disk.
func (o *Options) SetWrite(write func(f *os.File, p []byte) (int, error)) { o.write = write }

// Sweep gives up and forgets what is old.
func (s *Service) Sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
}
