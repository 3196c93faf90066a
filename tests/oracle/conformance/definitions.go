package conformance

import (
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// readDefinitions are the custom resource definitions in the files of a folder; other kinds are left out.
func readDefinitions(folder string) ([]*unstructured.Unstructured, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var definitions []*unstructured.Unstructured
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		asJSON, err := yaml.YAMLToJSON(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(asJSON); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if object.GetKind() == "CustomResourceDefinition" {
			definitions = append(definitions, object)
		}
	}
	if len(definitions) == 0 {
		return nil, fmt.Errorf("%s has no custom resource definitions", folder)
	}
	return definitions, nil
}

// learn keeps the schemas of a definition.
func (c *Cluster) learn(definition *unstructured.Unstructured) error {
	group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind")
	versions, _, err := unstructured.NestedSlice(definition.Object, "spec", "versions")
	if err != nil {
		return err
	}
	for _, version := range versions {
		fields, isMap := version.(map[string]any)
		if !isMap {
			return fmt.Errorf("a version of %s is no map", definition.GetName())
		}
		name, _, _ := unstructured.NestedString(fields, "name")
		properties, _, err := unstructured.NestedMap(fields, "schema", "openAPIV3Schema")
		if err != nil {
			return err
		}
		c.schemas[schema.GroupVersionKind{Group: group, Version: name, Kind: kind}] = properties
	}
	return nil
}

// applyDefaults fills in what a schema gives by default, at every depth, as the API server does.
func applyDefaults(value any, properties map[string]any) {
	switch value := value.(type) {
	case map[string]any:
		fields, _, _ := unstructured.NestedMap(properties, "properties")
		for name, field := range fields {
			of, isMap := field.(map[string]any)
			if !isMap {
				continue
			}
			if _, isSet := value[name]; !isSet {
				preset, hasDefault := of["default"]
				if !hasDefault {
					continue
				}
				value[name] = runtime.DeepCopyJSONValue(preset)
			}
			applyDefaults(value[name], of)
		}
	case []any:
		items, _, _ := unstructured.NestedMap(properties, "items")
		for _, item := range value {
			applyDefaults(item, items)
		}
	}
}
