module github.com/shikong-cim/shikong/ci

go 1.26
