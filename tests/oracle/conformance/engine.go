package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
)

// Engine asks `agcgen trace`. An answer depends on the objects and the request alone, so the same is asked once.
type Engine struct {
	program string
	lock    sync.Mutex
	answers map[string]*answered
	// How many run at the same time.
	slots chan struct{}
}

type answered struct {
	once sync.Once
	said []byte
	err  error
}

// NewEngine asks the program of this path.
func NewEngine(program string) *Engine {
	return &Engine{program: program, answers: map[string]*answered{}, slots: make(chan struct{}, 2)}
}

// ask runs the program on a file that holds one state of the cluster, and reads its answer.
func (e *Engine) ask(answer any, arguments ...string) error {
	arguments = append([]string{"trace"}, append(arguments, "--format", "json")...)
	command := strings.Join(arguments, "\x00")
	e.lock.Lock()
	entry, isKnown := e.answers[command]
	if !isKnown {
		entry = &answered{}
		e.answers[command] = entry
	}
	e.lock.Unlock()
	entry.once.Do(func() {
		e.slots <- struct{}{}
		defer func() { <-e.slots }()
		var problems bytes.Buffer
		process := exec.Command(e.program, arguments...)
		process.Stderr = &problems
		entry.said, entry.err = process.Output()
		var exit *exec.ExitError
		if errors.As(entry.err, &exit) {
			entry.err = fmt.Errorf("agcgen %s: %w: %s", strings.Join(arguments, " "), exit, problems.String())
		}
	})
	if entry.err != nil {
		return entry.err
	}
	if err := json.Unmarshal(entry.said, answer); err != nil {
		return fmt.Errorf("agcgen %s: %w: %s", strings.Join(arguments, " "), err, entry.said)
	}
	return nil
}

// Asked is how many different questions were asked.
func (e *Engine) Asked() int {
	e.lock.Lock()
	defer e.lock.Unlock()
	return len(e.answers)
}

type header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type service struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Port      int    `json:"port"`
}

type share struct {
	Weight int `json:"weight"`
	Of     int `json:"of"`
}

// traced is what `agcgen trace` prints of a request.
type traced struct {
	Answer struct {
		Status          *int     `json:"status"`
		Reason          string   `json:"reason"`
		Location        *string  `json:"location"`
		ResponseHeaders []header `json:"responseHeaders"`
		Backends        []struct {
			Share   share    `json:"share"`
			Service *service `json:"service"`
			Status  *int     `json:"status"`
			Reason  string   `json:"reason"`
			Request *struct {
				Method  string   `json:"method"`
				Host    string   `json:"host"`
				Path    string   `json:"path"`
				Query   string   `json:"query"`
				Headers []header `json:"headers"`
			} `json:"request"`
			ResponseHeaders struct {
				Set    []header `json:"set"`
				Add    []header `json:"add"`
				Remove []string `json:"remove"`
			} `json:"responseHeaders"`
		} `json:"backends"`
		Mirrors []struct {
			Service *service `json:"service"`
			Share   share    `json:"share"`
		} `json:"mirrors"`
	} `json:"answer"`
}

type condition struct {
	Type   string `json:"type"`
	Status string `json:"status"`
	Reason string `json:"reason"`
}

// reported is what `agcgen trace --status` prints.
type reported struct {
	Gateways []struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		Listeners []struct {
			Name           string      `json:"name"`
			AttachedRoutes int64       `json:"attachedRoutes"`
			SupportedKinds []any       `json:"supportedKinds"`
			Conditions     []condition `json:"conditions"`
		} `json:"listeners"`
		Conditions []condition `json:"conditions"`
	} `json:"gateways"`
	Routes []struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		Parents   []struct {
			// Its place among those of the route.
			ParentRef  int         `json:"parentRef"`
			Conditions []condition `json:"conditions"`
		} `json:"parents"`
	} `json:"routes"`
}
