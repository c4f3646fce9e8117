package schema

// The directory of the EXPRESS files is $SHIKONG_SCHEMAS, or ../shared/data/schemas beside
// the repository; without either the generator says so and leaves the tables as they are.
//go:generate go run ./gen -out .
