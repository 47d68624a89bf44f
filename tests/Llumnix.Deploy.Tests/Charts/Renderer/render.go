// Renders a chart with the libraries that Helm renders with: text/template and Sprig. Prints one JSON document a line.
//
//	render CHART RELEASE NAMESPACE < values.yaml
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, content := range f {
		if matches, _ := path.Match(pattern, name); matches {
			found[name] = content
		}
	}
	return found
}

func (f files) AsConfig() string {
	content := map[string]string{}
	for name, text := range f {
		content[path.Base(name)] = string(text)
	}
	return toYaml(content)
}

func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	check(err)
	return strings.TrimSuffix(string(text), "\n")
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(name string) map[string]interface{} {
	text, err := os.ReadFile(name)
	check(err)
	return parse(text)
}

func parse(text []byte) map[string]interface{} {
	values := map[string]interface{}{}
	check(yaml.Unmarshal(text, &values))
	return values
}

// merge puts what is given over what is there, mapping by mapping; null takes a default away, as in Helm.
func merge(into, given map[string]interface{}) {
	for key, value := range given {
		old, isOldMapping := into[key].(map[string]interface{})
		now, isMapping := value.(map[string]interface{})
		if isOldMapping && isMapping {
			merge(old, now)
		} else if value == nil {
			delete(into, key)
		} else {
			into[key] = value
		}
	}
}

func main() {
	chart, release, namespace := os.Args[1], os.Args[2], os.Args[3]
	values := read(filepath.Join(chart, "values.yaml"))
	given, err := io.ReadAll(os.Stdin)
	check(err)
	merge(values, parse(given))

	content := files{}
	for _, pattern := range []string{"files/*", "files/*/*"} {
		names, err := filepath.Glob(filepath.Join(chart, pattern))
		check(err)
		for _, name := range names {
			if info, err := os.Stat(name); err == nil && !info.IsDir() {
				text, err := os.ReadFile(name)
				check(err)
				relative, _ := filepath.Rel(chart, name)
				content[relative] = text
			}
		}
	}

	description := read(filepath.Join(chart, "Chart.yaml"))
	data := map[string]interface{}{
		"Values":  values,
		"Files":   content,
		"Release": map[string]interface{}{"Name": release, "Namespace": namespace, "Service": "Helm"},
		"Chart":   map[string]interface{}{"Name": description["name"], "Version": description["version"], "AppVersion": description["appVersion"]},
	}

	root := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["toYaml"] = toYaml
	functions["include"] = func(name string, data interface{}) (string, error) {
		var text bytes.Buffer
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	root.Funcs(functions)

	names, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		check(err)
		template.Must(root.New(filepath.Base(name)).Parse(string(text)))
	}

	separator := regexp.MustCompile(`(?m)^---$`)
	for _, name := range names {
		if strings.HasPrefix(filepath.Base(name), "_") {
			continue
		}
		var text bytes.Buffer
		check(root.ExecuteTemplate(&text, filepath.Base(name), data))
		if filepath.Ext(name) == ".txt" {
			notes, _ := json.Marshal(map[string]interface{}{"kind": "Notes", "text": text.String()})
			fmt.Println(string(notes))
			continue
		}
		for _, document := range separator.Split(text.String(), -1) {
			object := parse([]byte(document))
			if len(object) > 0 {
				line, err := json.Marshal(object)
				check(err)
				fmt.Println(string(line))
			}
		}
	}
}
