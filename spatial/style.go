package spatial

import (
	"context"
	"encoding/json"
	"time"
)

// Style says how a map shows collections: a MapLibre style that somebody has edited.
type Style struct {
	Name    string
	Body    json.RawMessage // a JSON object
	Changed time.Time       // given by the store
}

// Styles keeps styles beside the data; every Store is one. They have no history and touch no
// revision: what changes is how things look, not what is known of them.
type Styles interface {
	// Styles lists all styles by name.
	Styles(ctx context.Context) ([]Style, error)
	// Style returns one, or ErrNotFound.
	Style(ctx context.Context, name string) (Style, error)
	// PutStyle keeps a style in the place of the one of the same name. The name is one that
	// CheckName takes, else ErrInvalid.
	PutStyle(ctx context.Context, s Style) error
	// DropStyle removes a style, or returns ErrNotFound.
	DropStyle(ctx context.Context, name string) error
}
