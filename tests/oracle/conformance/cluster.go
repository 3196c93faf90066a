package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Cluster answers the Kubernetes API from memory, as the transport of a client. It keeps objects as they were written, and
// fills in defaults and status when one is read. It validates nothing: what it is given comes from the suite.
type Cluster struct {
	lock    sync.Mutex
	mapper  meta.RESTMapper
	schemas map[schema.GroupVersionKind]map[string]any
	objects map[key]*unstructured.Unstructured
	// It grows with every change, and is the resource version of what changed.
	revision int
	logs     map[types.NamespacedName][]logged
	engine   *Engine
	statuses statuses
}

type key struct {
	kind schema.GroupKind
	types.NamespacedName
}

type logged struct {
	at   time.Time
	line string
}

// The time of the first object; every other is made a second after the one before, so that "oldest" is always decided.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// NewCluster has the custom resource definitions of a folder, and nothing else.
func NewCluster(mapper meta.RESTMapper, definitions string, engine *Engine) (*Cluster, error) {
	cluster := &Cluster{
		mapper:   mapper,
		schemas:  map[schema.GroupVersionKind]map[string]any{},
		objects:  map[key]*unstructured.Unstructured{},
		logs:     map[types.NamespacedName][]logged{},
		engine:   engine,
		statuses: statuses{addresses: map[types.NamespacedName]string{}},
	}
	read, err := readDefinitions(definitions)
	if err != nil {
		return nil, err
	}
	for _, definition := range read {
		if err := cluster.learn(definition); err != nil {
			return nil, err
		}
		cluster.create(definition)
	}
	return cluster, nil
}

// RoundTrip is http.RoundTripper.
func (c *Cluster) RoundTrip(request *http.Request) (*http.Response, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	code, kind := http.StatusOK, "application/json"
	answer, err := c.serve(request)
	var body []byte
	if err != nil {
		var status apierrors.APIStatus
		if !errors.As(err, &status) {
			status = apierrors.NewInternalError(err)
		}
		refused := status.Status()
		refused.Kind, refused.APIVersion = "Status", "v1"
		code, answer = int(refused.Code), refused
	}
	if text, isText := answer.(string); isText {
		body, kind = []byte(text), "text/plain"
	} else if body, err = json.Marshal(answer); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: code,
		Status:     http.StatusText(code),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{"Content-Type": {kind}},
		Body:       io.NopCloser(bytes.NewReader(body)),
		Request:    request,
	}, nil
}

// target is what a path of the API names.
type target struct {
	kind        schema.GroupVersionKind
	resource    schema.GroupResource
	namespace   string
	name        string
	subresource string
}

func (c *Cluster) target(path string) (target, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	var resource schema.GroupVersionResource
	switch {
	case len(parts) > 2 && parts[0] == "api":
		resource.Version, parts = parts[1], parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		resource.Group, resource.Version, parts = parts[1], parts[2], parts[3:]
	default:
		return target{}, fmt.Errorf("%s is no path of an object", path)
	}
	var found target
	if len(parts) > 2 && parts[0] == "namespaces" {
		found.namespace, parts = parts[1], parts[2:]
	}
	resource.Resource = parts[0]
	if len(parts) > 1 {
		found.name = parts[1]
	}
	if len(parts) > 2 {
		found.subresource = parts[2]
	}
	kind, err := c.mapper.KindFor(resource)
	found.kind, found.resource = kind, resource.GroupResource()
	return found, err
}

func (c *Cluster) serve(request *http.Request) (any, error) {
	at, err := c.target(request.URL.Path)
	if err != nil {
		return nil, err
	}
	var body []byte
	if request.Body != nil {
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
	}
	name := types.NamespacedName{Namespace: at.namespace, Name: at.name}
	stands, isThere := c.objects[key{at.kind.GroupKind(), name}]
	if at.name != "" && !isThere {
		return nil, apierrors.NewNotFound(at.resource, at.name)
	}
	switch {
	case request.Method == http.MethodGet && at.subresource == "log":
		return c.log(name, request.URL.Query().Get("sinceTime"))
	case at.subresource != "":
		return nil, apierrors.NewMethodNotSupported(at.resource, at.subresource)
	case request.Method == http.MethodGet && at.name == "":
		return c.list(at, request.URL.Query().Get("labelSelector"))
	case request.Method == http.MethodGet:
		return c.presented(stands, at.kind)
	case request.Method == http.MethodPost:
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(body); err != nil {
			return nil, err
		}
		if _, isThere := c.objects[keyOf(object)]; isThere {
			return nil, apierrors.NewAlreadyExists(at.resource, object.GetName())
		}
		c.create(object)
		return c.presented(object, at.kind)
	case request.Method == http.MethodPut:
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(body); err != nil {
			return nil, err
		}
		if wanted := object.GetResourceVersion(); wanted != "" && wanted != stands.GetResourceVersion() {
			return nil, apierrors.NewConflict(at.resource, at.name, errors.New("it has changed"))
		}
		return c.replace(stands, object, at.kind)
	case request.Method == http.MethodPatch && request.Header.Get("Content-Type") == string(types.MergePatchType):
		before, err := stands.MarshalJSON()
		if err != nil {
			return nil, err
		}
		after, err := jsonpatch.MergePatch(before, body)
		if err != nil {
			return nil, err
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(after); err != nil {
			return nil, err
		}
		return c.replace(stands, object, at.kind)
	case request.Method == http.MethodDelete && at.name != "":
		c.remove(stands)
		return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusSuccess}, nil
	}
	return nil, apierrors.NewMethodNotSupported(at.resource, request.Method)
}

func keyOf(object *unstructured.Unstructured) key {
	return key{
		object.GroupVersionKind().GroupKind(),
		types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()},
	}
}

func (c *Cluster) create(object *unstructured.Unstructured) {
	c.revision++
	object.SetUID(types.UID(fmt.Sprintf("00000000-0000-4000-8000-%012d", c.revision)))
	object.SetCreationTimestamp(metav1.NewTime(epoch.Add(time.Duration(c.revision) * time.Second)))
	object.SetGeneration(1)
	object.SetResourceVersion(fmt.Sprint(c.revision))
	c.objects[keyOf(object)] = object
	c.runPods()
}

func (c *Cluster) replace(old, object *unstructured.Unstructured, kind schema.GroupVersionKind) (any, error) {
	c.revision++
	object.SetUID(old.GetUID())
	object.SetCreationTimestamp(old.GetCreationTimestamp())
	object.SetGeneration(old.GetGeneration())
	if !reflect.DeepEqual(withoutMetadata(old), withoutMetadata(object)) {
		object.SetGeneration(old.GetGeneration() + 1)
	}
	object.SetResourceVersion(fmt.Sprint(c.revision))
	c.objects[keyOf(object)] = object
	c.runPods()
	return c.presented(object, kind)
}

func withoutMetadata(object *unstructured.Unstructured) map[string]any {
	copied := object.DeepCopy().Object
	for _, field := range []string{"apiVersion", "metadata", "status"} {
		delete(copied, field)
	}
	return copied
}

func (c *Cluster) remove(object *unstructured.Unstructured) {
	c.revision++
	delete(c.objects, keyOf(object))
	if object.GetKind() == "Namespace" {
		for at := range c.objects {
			if at.Namespace == object.GetName() {
				delete(c.objects, at)
			}
		}
	}
	c.runPods()
}

func (c *Cluster) list(at target, selector string) (any, error) {
	matches, err := labels.Parse(selector)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, object := range c.sorted() {
		if object.GroupVersionKind().GroupKind() != at.kind.GroupKind() ||
			at.namespace != "" && object.GetNamespace() != at.namespace ||
			!matches.Matches(labels.Set(object.GetLabels())) {
			continue
		}
		item, err := c.presented(object, at.kind)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return map[string]any{
		"apiVersion": at.kind.GroupVersion().String(),
		"kind":       at.kind.Kind + "List",
		"metadata":   map[string]any{"resourceVersion": fmt.Sprint(c.revision)},
		"items":      items,
	}, nil
}

func (c *Cluster) sorted() []*unstructured.Unstructured {
	objects := make([]*unstructured.Unstructured, 0, len(c.objects))
	for _, object := range c.objects {
		objects = append(objects, object)
	}
	slices.SortFunc(objects, func(a, b *unstructured.Unstructured) int {
		return strings.Compare(place(a), place(b))
	})
	return objects
}

func place(object *unstructured.Unstructured) string {
	return strings.Join([]string{object.GroupVersionKind().GroupKind().String(), object.GetNamespace(), object.GetName()}, "\n")
}

// presented is an object as the API server shows it in a version: with defaults, and with the status of its controllers.
func (c *Cluster) presented(object *unstructured.Unstructured, kind schema.GroupVersionKind) (map[string]any, error) {
	shown := object.DeepCopy()
	shown.SetGroupVersionKind(kind)
	if err := c.fillStatus(shown); err != nil {
		return nil, err
	}
	applyDefaults(shown.Object, c.schemas[kind])
	return shown.Object, nil
}

// runPods lets every Deployment have its Pods, all of them ready, and takes away those that have none.
func (c *Cluster) runPods() {
	pods := schema.GroupKind{Kind: "Pod"}
	wanted := map[key]bool{}
	for _, deployment := range c.sorted() {
		if deployment.GroupVersionKind().GroupKind() != (schema.GroupKind{Group: "apps", Kind: "Deployment"}) {
			continue
		}
		replicas, isSet, _ := unstructured.NestedInt64(deployment.Object, "spec", "replicas")
		if !isSet {
			replicas = 1
		}
		for number := range replicas {
			pod := podOf(deployment, number)
			at := keyOf(pod)
			wanted[at] = true
			if _, isThere := c.objects[at]; !isThere {
				c.objects[at] = pod
			}
		}
	}
	for at := range c.objects {
		if at.kind == pods && !wanted[at] {
			delete(c.objects, at)
		}
	}
}

func podOf(deployment *unstructured.Unstructured, number int64) *unstructured.Unstructured {
	hash := fnv.New32a()
	_, _ = fmt.Fprintf(hash, "%s/%s/%d", deployment.GetNamespace(), deployment.GetName(), number)
	sum := hash.Sum32()
	template, _, _ := unstructured.NestedMap(deployment.Object, "spec", "template")
	pod := &unstructured.Unstructured{Object: template}
	pod.SetAPIVersion("v1")
	pod.SetKind("Pod")
	pod.SetNamespace(deployment.GetNamespace())
	pod.SetName(fmt.Sprintf("%s-%08x-%05x", deployment.GetName(), sum, sum&0xfffff))
	pod.SetUID(types.UID(fmt.Sprintf("00000000-0000-4000-9000-%012x", sum)))
	address := fmt.Sprintf("10.244.%d.%d", sum>>8&0xff, sum&0xff)
	pod.Object["status"] = map[string]any{
		"phase":      "Running",
		"conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
		"podIP":      address,
		"podIPs":     []any{map[string]any{"ip": address}},
	}
	return pod
}

// log is what a Pod has written since a time, in whole seconds as in Kubernetes.
func (c *Cluster) log(pod types.NamespacedName, since string) (string, error) {
	from, err := time.Parse(time.RFC3339, since)
	if err != nil {
		return "", err
	}
	var lines strings.Builder
	for _, entry := range c.logs[pod] {
		if !entry.at.Before(from) {
			lines.WriteString(entry.line + "\n")
		}
	}
	return lines.String(), nil
}

// Write adds a line to the log of a Pod.
func (c *Cluster) Write(pod types.NamespacedName, at time.Time, line string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.logs[pod] = append(c.logs[pod], logged{at, line})
}

// Pods are those behind a Service: the ones that it selects, or those that its EndpointSlices name where it selects none.
func (c *Cluster) Pods(service types.NamespacedName) ([]types.NamespacedName, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	object, isThere := c.objects[key{schema.GroupKind{Kind: "Service"}, service}]
	if !isThere {
		return nil, fmt.Errorf("there is no service %s", service)
	}
	selector, selects, err := unstructured.NestedStringMap(object.Object, "spec", "selector")
	if err != nil {
		return nil, err
	}
	var pods []types.NamespacedName
	for _, other := range c.sorted() {
		if other.GetNamespace() != service.Namespace {
			continue
		}
		switch other.GetKind() {
		case "Pod":
			if selects && labels.SelectorFromSet(selector).Matches(labels.Set(other.GetLabels())) {
				pods = append(pods, keyOf(other).NamespacedName)
			}
		case "EndpointSlice":
			if selects || other.GetLabels()["kubernetes.io/service-name"] != service.Name {
				continue
			}
			endpoints, _, _ := unstructured.NestedSlice(other.Object, "endpoints")
			for _, endpoint := range endpoints {
				if fields, isMap := endpoint.(map[string]any); isMap {
					name, _, _ := unstructured.NestedString(fields, "targetRef", "name")
					pods = append(pods, types.NamespacedName{Namespace: service.Namespace, Name: name})
				}
			}
		}
	}
	return pods, nil
}
