package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

const (
	className      = "azure-alb-external"
	controllerName = "alb.networking.azure.io/alb-controller"
)

var (
	gatewayKind = schema.GroupKind{Group: gatewayv1.GroupName, Kind: "Gateway"}
	classKind   = schema.GroupKind{Group: gatewayv1.GroupName, Kind: "GatewayClass"}
)

// statuses is what was last reported, and of which revision of the cluster; and the addresses, which are the cluster's own.
type statuses struct {
	folder    string
	revision  int
	reported  reported
	addresses map[types.NamespacedName]string
}

// fillStatus writes what a controller would: for Gateways and routes the engine's word, with what only a controller can know.
func (c *Cluster) fillStatus(object *unstructured.Unstructured) error {
	at := keyOf(object)
	generation := object.GetGeneration()
	switch {
	case at.kind == classKind:
		object.Object["status"] = map[string]any{
			"conditions": conditions(generation, []condition{{"Accepted", "True", "Accepted"}}),
		}
		return nil
	case at.kind == gatewayKind:
		report, err := c.report()
		if err != nil {
			return err
		}
		for _, gateway := range report.Gateways {
			if gateway.Namespace != at.Namespace || gateway.Name != at.Name {
				continue
			}
			listeners := []any{}
			for _, listener := range gateway.Listeners {
				listeners = append(listeners, map[string]any{
					"name":           listener.Name,
					"attachedRoutes": listener.AttachedRoutes,
					"supportedKinds": listener.SupportedKinds,
					"conditions":     conditions(generation, listener.Conditions),
				})
			}
			object.Object["status"] = map[string]any{
				"addresses":  []any{map[string]any{"type": "IPAddress", "value": c.address(at.NamespacedName)}},
				"listeners":  listeners,
				"conditions": conditions(generation, gateway.Conditions),
			}
		}
	case at.kind.Group == gatewayv1.GroupName && (at.kind.Kind == "HTTPRoute" || at.kind.Kind == "GRPCRoute"):
		report, err := c.report()
		if err != nil {
			return err
		}
		references, _, err := unstructured.NestedSlice(object.Object, "spec", "parentRefs")
		if err != nil {
			return err
		}
		parents := []any{}
		for _, route := range report.Routes {
			if route.Kind != at.kind.Kind || route.Namespace != at.Namespace || route.Name != at.Name {
				continue
			}
			for _, parent := range route.Parents {
				if parent.ParentRef >= len(references) {
					return fmt.Errorf("%s %s has no parent %d", at.kind.Kind, at.NamespacedName, parent.ParentRef)
				}
				parents = append(parents, map[string]any{
					"controllerName": controllerName,
					"parentRef":      runtime.DeepCopyJSONValue(references[parent.ParentRef]),
					"conditions":     conditions(generation, parent.Conditions),
				})
			}
		}
		object.Object["status"] = map[string]any{"parents": parents}
	}
	return nil
}

func conditions(generation int64, said []condition) []any {
	written := []any{}
	for _, condition := range said {
		written = append(written, map[string]any{
			"type":               condition.Type,
			"status":             condition.Status,
			"reason":             condition.Reason,
			"message":            "",
			"observedGeneration": generation,
			"lastTransitionTime": epoch.Format(time.RFC3339),
		})
	}
	return written
}

// report asks the engine anew only after a change.
func (c *Cluster) report() (*reported, error) {
	if c.statuses.revision != c.revision {
		file, err := c.export()
		if err != nil {
			return nil, err
		}
		var fresh reported
		if err := c.engine.ask(&fresh, "--status", file); err != nil {
			return nil, err
		}
		c.statuses.reported, c.statuses.revision = fresh, c.revision
	}
	return &c.statuses.reported, nil
}

// address is the one of a Gateway, the same for as long as the cluster lives.
func (c *Cluster) address(gateway types.NamespacedName) string {
	address, isKnown := c.statuses.addresses[gateway]
	if !isKnown {
		number := len(c.statuses.addresses)
		address = fmt.Sprintf("10.1.%d.%d", number/250, number%250+1)
		c.statuses.addresses[gateway] = address
	}
	return address
}

// Behind is the Gateway with this address, and the file with all that decides what it answers.
func (c *Cluster) Behind(address string) (string, types.NamespacedName, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	for gateway, given := range c.statuses.addresses {
		if given == address {
			file, err := c.export()
			return file, gateway, err
		}
	}
	return "", types.NamespacedName{}, fmt.Errorf("connect to %s: no gateway has this address", address)
}

// export writes the objects as they were applied, without defaults and status, so that the engine has to know both.
func (c *Cluster) export() (string, error) {
	file := filepath.Join(c.statuses.folder, fmt.Sprintf("%06d.yaml", c.revision))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	var text bytes.Buffer
	for _, object := range c.sorted() {
		if kind := object.GetKind(); kind == "CustomResourceDefinition" || kind == "Pod" {
			continue
		}
		shown := object.DeepCopy()
		delete(shown.Object, "status")
		document, err := yaml.Marshal(shown.Object)
		if err != nil {
			return "", err
		}
		text.WriteString("---\n")
		text.Write(document)
	}
	return file, os.WriteFile(file, text.Bytes(), 0o600)
}
