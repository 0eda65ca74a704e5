// Verifies what `gardefou journal prove` and `export` wrote, with the implementation of RFC 6962 and of signed
// notes by those who wrote them. Prints one line for each proof, and fails at the first that does not hold.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Proof, Commitment, Salt, Content, Checkpoint, Old string
	Index                                             int64
	Path                                              []string
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hash(text string, decode func(string) ([]byte, error)) (h tlog.Hash) {
	bytes, err := decode(text)
	fail(err)
	if copy(h[:], bytes) != 32 || len(bytes) != 32 {
		fail(fmt.Errorf("not 32 bytes: %s", text))
	}
	return h
}

func checkpoint(text string, key note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(text), note.VerifierList(key))
	fail(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != key.Name() || len(lines) != 4 {
		fail(fmt.Errorf("not a checkpoint: %q", opened.Text))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail(err)
	return size, hash(lines[2], base64.StdEncoding.DecodeString)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	fail(err)
	key, err := note.NewVerifier(strings.TrimSpace(string(text)))
	fail(err)
	for _, name := range os.Args[2:] {
		file, err := os.Open(name)
		fail(err)
		for decoder := json.NewDecoder(file); decoder.More(); {
			var p proof
			fail(decoder.Decode(&p))
			var path []tlog.Hash
			for _, node := range p.Path {
				path = append(path, hash(node, hex.DecodeString))
			}
			size, root := checkpoint(p.Checkpoint, key)
			switch p.Proof {
			case "inclusion":
				salt, commitment := hash(p.Salt, hex.DecodeString), hash(p.Commitment, hex.DecodeString)
				if sha256.Sum256(append(salt[:], p.Content...)) != commitment {
					fail(fmt.Errorf("the content of %d is another", p.Index))
				}
				fail(tlog.CheckRecord(path, size, root, p.Index, tlog.RecordHash(commitment[:])))
				fmt.Println("inclusion", p.Index, size)
			case "consistency":
				before, then := checkpoint(p.Old, key)
				fail(tlog.CheckTree(path, size, root, before, then))
				fmt.Println("consistency", before, size)
			default:
				fail(fmt.Errorf("unknown proof %q", p.Proof))
			}
		}
	}
}
