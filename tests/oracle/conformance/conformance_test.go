// Package conformance runs the conformance suite of the Gateway API against `agcgen trace`, without a cluster.
//
// The suite is upstream's: its tests, its manifests, its loop. What it talks to is not: an API server that lives in memory,
// Gateways whose every decision is asked of the program named by AGCGEN, and backends that answer as echo-basic does.
package conformance

import (
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/resolver"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/kubernetes"
	kubernetesscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/apis/v1alpha2"
	"sigs.k8s.io/gateway-api/apis/v1alpha3"
	"sigs.k8s.io/gateway-api/apis/v1beta1"
	"sigs.k8s.io/gateway-api/conformance"
	confv1 "sigs.k8s.io/gateway-api/conformance/apis/v1"
	"sigs.k8s.io/gateway-api/conformance/tests"
	"sigs.k8s.io/gateway-api/conformance/utils/config"
	"sigs.k8s.io/gateway-api/conformance/utils/suite"
	"sigs.k8s.io/gateway-api/pkg/consts"
	"sigs.k8s.io/gateway-api/pkg/features"
)

var (
	version      = flag.Bool("suite-version", false, "print the version of the suite")
	definitions  = flag.String("definitions", "", "folder with the custom resource definitions of this version")
	featuresFile = flag.String("features", "", "what AGC supports, as JSON")
	resultsFile  = flag.String("results", "", "where the results are written, as JSON")
	only         = flag.String("only", "", "names of tests, with commas; all where it is empty")
	patience     = flag.Duration("patience", 10*time.Second, "how long the suite repeats a question before it gives up")
)

// What AGC may have and trace cannot be asked.
const (
	addresses    = "addresses are given by Azure"
	certificates = "AGC has a policy of its own for that"
	connections  = "trace follows a request no further than to its backend"
	delays       = "it waits for a backend that is slow, and trace has no clock"
)

var notAsked = map[features.FeatureName]string{
	features.SupportGatewayAddressEmpty:                                        addresses,
	features.SupportGatewayFrontendClientCertificateValidation:                 certificates,
	features.SupportGatewayFrontendClientCertificateValidationInsecureFallback: certificates,
	features.SupportBackendTLSPolicy:                                           connections,
	features.SupportBackendTLSPolicySANValidation:                              connections,
	features.SupportGatewayBackendClientCertificate:                            connections,
	features.SupportHTTPRouteBackendTimeout:                                    delays,
	features.SupportHTTPRouteRequestTimeout:                                    delays,
}

// feature is a row of agcgen's own table.
type feature struct {
	Name string `json:"name"`
	// "supported", "unsupported" or "unstated".
	Support string `json:"support"`
	Note    string `json:"note"`
}

// result is what became of one test of the suite.
type result struct {
	Name string `json:"name"`
	// "passed", "failed" or "skipped".
	Result string `json:"result"`
	Reason string `json:"reason"`
}

func TestMain(m *testing.M) {
	flag.Parse()
	if *version {
		fmt.Println(consts.BundleVersion)
		os.Exit(0)
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		_ = os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

func TestConformance(t *testing.T) {
	table := readFeatures(t)
	engine := NewEngine(os.Getenv("AGCGEN"))
	options := options(t, engine)
	options.SupportedFeatures = suite.FeaturesSet{}
	reasons := map[features.FeatureName]string{}
	named := features.SetsToNamesSet(features.AllFeatures)
	for _, test := range tests.ConformanceTests {
		named.Insert(test.Features...)
	}
	for _, row := range table {
		name := features.FeatureName(row.Name)
		if !named.Has(name) {
			t.Fatalf("the suite knows no feature %s", name)
		}
		reason, isNotAsked := notAsked[name]
		switch {
		case row.Support == "unsupported":
			reasons[name] = fmt.Sprintf("AGC does not support %s: %s", name, row.Note)
		case isNotAsked:
			reasons[name] = fmt.Sprintf("%s is not asked: %s", name, reason)
		default:
			options.SupportedFeatures.Insert(name)
		}
	}
	for name := range named {
		if !options.SupportedFeatures.Has(name) && reasons[name] == "" {
			t.Fatalf("the table of features does not know %s", name)
		}
	}

	var results []result
	selected := selectTests(t)
	for index := range selected {
		test := &selected[index]
		run := test.Test
		test.Parallel = false
		test.Test = func(t *testing.T, suite *suite.ConformanceTestSuite) {
			// After all of its own tests, those that run in parallel too.
			t.Cleanup(func() {
				became := result{Name: test.ShortName, Result: "passed"}
				if t.Failed() {
					became.Result = "failed"
				} else if t.Skipped() {
					became.Result, became.Reason = "skipped", "it left itself out"
				}
				results = append(results, became)
			})
			run(t, suite)
		}
	}
	options.Hook = func(_ *testing.T, test suite.ConformanceTest, _ *suite.ConformanceTestSuite) {
		if slices.ContainsFunc(results, func(done result) bool { return done.Name == test.ShortName }) {
			return
		}
		for _, name := range test.Features {
			if reason := reasons[name]; reason != "" {
				fmt.Printf("SKIP %s: %s\n", test.ShortName, reason)
				results = append(results, result{test.ShortName, "skipped", reason})
				return
			}
		}
		results = append(results, result{test.ShortName, "failed", "its objects were not taken"})
	}
	written, err := suite.NewConformanceTestSuite(options)
	must(t, err)
	written.Setup(t, selected)
	// The suite shakes the requests of its tests of weights with pauses and headers from here, and nothing else from now on.
	rand.Reader = steady{}
	must(t, written.Run(t, selected))
	fmt.Printf("%d questions to the engine\n", engine.Asked())
	if *resultsFile != "" {
		text, err := json.MarshalIndent(results, "", "  ")
		must(t, err)
		must(t, os.WriteFile(*resultsFile, text, 0o600))
	}
}

// steady is the source of a die that always shows the same.
type steady struct{}

func (steady) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readFeatures(t *testing.T) []feature {
	text, err := os.ReadFile(*featuresFile)
	must(t, err)
	var table []feature
	must(t, json.Unmarshal(text, &table))
	return table
}

func selectTests(t *testing.T) []suite.ConformanceTest {
	if *only == "" {
		return slices.Clone(tests.ConformanceTests)
	}
	var selected []suite.ConformanceTest
	for name := range strings.SplitSeq(*only, ",") {
		index := slices.IndexFunc(tests.ConformanceTests, func(test suite.ConformanceTest) bool { return test.ShortName == name })
		if index < 0 {
			t.Fatalf("the suite has no test %s", name)
		}
		selected = append(selected, tests.ConformanceTests[index])
	}
	return selected
}

// options are those of the suite, with a client whose transport is the cluster in memory.
func options(t *testing.T, engine *Engine) suite.ConformanceOptions {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		kubernetesscheme.AddToScheme, apiextensionsv1.AddToScheme,
		gatewayv1.Install, v1beta1.Install, v1alpha2.Install, v1alpha3.Install,
	} {
		must(t, add(scheme))
	}
	mapper := meta.NewDefaultRESTMapper(scheme.PrioritizedVersionsAllGroups())
	for kind := range scheme.AllKnownTypes() {
		scope := meta.RESTScopeNamespace
		if slices.Contains([]string{"Namespace", "GatewayClass", "CustomResourceDefinition"}, kind.Kind) {
			scope = meta.RESTScopeRoot
		}
		mapper.Add(kind, scope)
	}
	cluster, err := NewCluster(mapper, *definitions, engine)
	must(t, err)
	cluster.statuses.folder = t.TempDir()

	connection := &rest.Config{Host: "http://cluster.invalid", Transport: cluster, QPS: -1}
	connection.ContentType, connection.AcceptContentTypes = runtime.ContentTypeJSON, runtime.ContentTypeJSON
	clientOptions := client.Options{Scheme: scheme, Mapper: mapper}
	objects, err := client.New(connection, clientOptions)
	must(t, err)
	clientset, err := kubernetes.NewForConfig(connection)
	must(t, err)
	must(t, objects.Create(t.Context(), &gatewayv1.GatewayClass{
		ObjectMeta: metav1.ObjectMeta{Name: className},
		Spec:       gatewayv1.GatewayClassSpec{ControllerName: controllerName},
	}))

	gateways := NewGateways(cluster)
	// The suite's clients for gRPC find them by this; nothing is asked of a name server or a proxy.
	resolver.Register(gateways)
	resolver.SetDefaultScheme(gateways.Scheme())
	wait := *patience
	return suite.ConformanceOptions{
		Client:              objects,
		ClientOptions:       clientOptions,
		Clientset:           clientset,
		RestConfig:          connection,
		GatewayClassName:    className,
		RoundTripper:        gateways,
		ManifestFS:          []fs.FS{&conformance.Manifests},
		ConformanceProfiles: sets.New(suite.GatewayHTTPConformanceProfileName, suite.GatewayGRPCConformanceProfileName),
		Implementation:      confv1.Implementation{Project: "agcgen"},
		TimeoutConfig: config.TimeoutConfig{
			CreateTimeout: wait, DeleteTimeout: wait, GetTimeout: wait, GatewayMustHaveAddress: wait,
			GatewayMustHaveCondition: wait, GatewayStatusMustHaveListeners: wait, GatewayListenersMustHaveConditions: wait,
			ListenerSetMustHaveCondition: wait, ListenerSetListenersMustHaveConditions: wait, GWCMustBeAccepted: wait,
			HTTPRouteMustNotHaveParents: wait, HTTPRouteMustHaveCondition: wait, TLSRouteMustHaveCondition: wait,
			RouteMustHaveParents: wait, MaxTimeToConsistency: wait, NamespacesMustBeReady: wait, RequestTimeout: wait,
			LatestObservedGenerationSet: wait, DefaultTestTimeout: wait,
			DefaultPollInterval: 20 * time.Millisecond, RequiredConsecutiveSuccesses: 3,
		},
	}
}
