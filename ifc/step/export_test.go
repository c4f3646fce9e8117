package step

// InPieces indexes bytes in pieces however short they are.
var InPieces = parseIn
