// SPDX-License-Identifier: Apache-2.0

// The Go implementation of CDI, for comparison with davit.
//
//	peer                             answers each question (a line of JSON) with a line of JSON
//	peer DIR[:DIR...] CONFIG NAME... prints the config with those devices, as the cdi tool's inject
//
// The tool itself is a module of its own that has no release; it calls the same functions.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	oci "github.com/opencontainers/runtime-spec/specs-go"
	"tags.cncf.io/container-device-interface/pkg/cdi"
)

type question struct {
	Dirs    []string        `json:"dirs"`
	Config  json.RawMessage `json:"config"`
	Devices []string        `json:"devices"`
}

type answer struct {
	// Broken has the files that could not be loaded, with the reason.
	Broken  map[string]string `json:"broken"`
	Devices []string          `json:"devices"`
	// Error says why nothing was injected.
	Error  string    `json:"error,omitempty"`
	Config *oci.Spec `json:"config,omitempty"`
	// Panic means that the library ended the process that used it.
	Panic string `json:"panic,omitempty"`
}

func inject(cache *cdi.Cache, text []byte, devices []string) (*oci.Spec, error) {
	config := &oci.Spec{}
	if err := json.Unmarshal(text, config); err != nil {
		return nil, err
	}
	_, err := cache.InjectDevices(config, devices...)
	return config, err
}

func newCache(dirs []string) *cdi.Cache {
	cache, err := cdi.NewCache(cdi.WithAutoRefresh(false), cdi.WithSpecDirs(dirs...))
	if err != nil {
		fail(err)
	}
	return cache
}

func ask(q *question) (a answer) {
	defer func() {
		if reason := recover(); reason != nil {
			a = answer{Panic: fmt.Sprint(reason)}
		}
	}()
	cache := newCache(q.Dirs)
	a.Broken = map[string]string{}
	for path, errs := range cache.GetErrors() {
		for _, err := range errs {
			// A conflict of two devices is no fault of either file.
			if !strings.HasPrefix(err.Error(), "conflicting device ") {
				a.Broken[path] = err.Error()
			}
		}
	}
	a.Devices = cache.ListDevices()
	config, err := inject(cache, q.Config, q.Devices)
	if err != nil {
		a.Error = err.Error()
	} else {
		a.Config = config
	}
	return a
}

func serve() error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		q := &question{}
		if err := json.Unmarshal(in.Bytes(), q); err != nil {
			return err
		}
		if err := out.Encode(ask(q)); err != nil {
			return err
		}
	}
	return in.Err()
}

func printInjected(dirs, path string, devices []string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	config, err := inject(newCache(strings.Split(dirs, ":")), text, devices)
	if err != nil {
		return err
	}
	printed, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(printed, '\n'))
	return err
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "peer:", err)
	os.Exit(1)
}

func main() {
	var err error
	if len(os.Args) < 4 {
		err = serve()
	} else {
		err = printInjected(os.Args[1], os.Args[2], os.Args[3:])
	}
	if err != nil {
		fail(err)
	}
}
