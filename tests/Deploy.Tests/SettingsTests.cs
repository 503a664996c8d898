using System.Net;
using AdaptCluster.Client.Commands;
using AdaptCluster.Connections;
using AdaptCluster.Local;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Http;
using k8s.Models;

namespace AdaptCluster.Deploy.Tests;

/// <summary>
/// What manifests tell the program, read by the program's own reader: every variable, every value and every command line.
/// </summary>
public sealed class SettingsTests
{
    private const string Token = "0123456789abcdef";

    public static TheoryData<string> Sources =>
    [
        .. Directory.GetFiles(Path.Combine(CheckTools.Chart, "ci")).Select(file => $"ci/{Path.GetFileName(file)}")
            .Order(StringComparer.Ordinal),
        .. Directory.GetDirectories(Repository.At("k8s/overlays")).Select(folder => $"k8s/{Path.GetFileName(folder)}")
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_silo_understands_every_variable_that_it_is_given(string source)
    {
        foreach (var deployment in Release(source).Of<V1Deployment>())
        {
            var container = deployment.Spec.Template.Spec.Containers.Single();
            using var environment = new PodEnvironment(container.Env);
            using var home = new TemporaryHome();
            var reader = new SettingsReader(home.Folder);
            var (settings, serving) = HostSettings.From(reader);

            Assert.Empty(environment.Names.Except(reader.Variables));
            Assert.Equal("a-pod", settings.Name);
            Assert.Equal(IPAddress.Parse("10.1.2.3"), settings.Cluster!.Address);
            Assert.True(settings.Cluster.ListenOnAnyAddress);
            var (ports, pool) = (container.Ports.ToDictionary(port => port.Name, port => port.ContainerPort),
                deployment.Metadata.Labels.TryGetValue("adaptcluster.io/pool", out var label) ? label : null);
            Assert.Equal(ports["silo"], settings.Cluster.SiloPort);
            Assert.Equal((ports["http"], ports["health"]), (serving.Http!.Port, serving.Http.HealthPort));
            Assert.NotNull(HttpTokens.Open(serving.Http));
            Assert.Equal(pool is null ? "control" : "gpu", settings.Role);
            if (pool is null) Assert.Equal(ports["gateway"], settings.Cluster.GatewayPort);
            else Assert.Equal(pool, settings.Pool);
            Assert.Equal(container.Resources.Limits.ContainsKey("nvidia.com/gpu") ? "cuda" : "cpu", settings.Device);
            // A file that is named lies on a volume.
            var files = new[] { settings.Cluster.Tls?.Certificate, settings.Cluster.Tls?.Key,
                settings.Cluster.Tls?.Authority }.OfType<string>()
                .Concat(settings.DataRoots).Concat(settings.ModelRoots.Where(root => root != "/app/models"));
            Assert.All(files, file =>
                Assert.Contains(container.VolumeMounts, mount => file == mount.MountPath
                    || file.StartsWith($"{mount.MountPath}/", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_command_line_is_one_of_the_program_and_finds_what_it_asks_for(string source)
    {
        var release = Release(source);
        var commands = new List<string>();
        foreach (var workload in release.Workloads)
        {
            var container = workload.Containers.Single();
            var parsed = SweepCommand.Root(new EmbeddedMode()).Parse([.. container.Args]);
            Assert.Empty(parsed.Errors);
            commands.Add(parsed.CommandResult.Command.Name);
            if (workload.Object is V1Job)
            {
                using var environment = new PodEnvironment(container.Env);
                Assert.Contains("db.example", $"{ClusterSettings.Database(null)}", StringComparison.Ordinal);
            }
            if (workload.Object is not V1Pod) continue;
            var gateway = container.Args[2].Split(':');
            Assert.Contains(release.Of<V1Service>(), service => service.Metadata.Name == gateway[0]
                && service.Spec.Ports.Any(port => $"{port.Port}" == gateway[1]));
        }
        Assert.Equal(source.StartsWith("ci/", StringComparison.Ordinal) ? ["doctor", "migrate", "serve"] : ["migrate", "serve"],
            commands.Distinct().Order(StringComparer.Ordinal));
    }

    private static Manifests Release(string source) => Manifests.Read(source.StartsWith("ci/", StringComparison.Ordinal)
        ? CheckTools.Render(Path.Combine(CheckTools.Chart, source))
        : CheckTools.Kustomize(Path.GetFileName(source)));

    /// <summary>A container's variables in this process, until it is disposed, and no others of the program.</summary>
    private sealed class PodEnvironment : IDisposable
    {
        private readonly Dictionary<string, string?> _before = [];

        public PodEnvironment(IEnumerable<V1EnvVar> variables)
        {
            foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsOwn)) Set(name, null);
            // The kubelet tells every pod.
            Set("KUBERNETES_SERVICE_HOST", "10.96.0.1");
            foreach (var variable in variables.Where(variable => IsOwn(variable.Name)))
            {
                Set(variable.Name, variable switch
                {
                    { ValueFrom.FieldRef.FieldPath: "metadata.name" } => "a-pod",
                    { ValueFrom.FieldRef.FieldPath: "status.podIP" } => "10.1.2.3",
                    { ValueFrom.FieldRef.FieldPath: "metadata.namespace" } => "lab",
                    { Name: "ADAPTCLUSTER_HTTP__TOKEN2" or "ADAPTCLUSTER_HTTP__READTOKEN", ValueFrom.SecretKeyRef: not null } =>
                        $"{variable.Name}-{Token}".Replace('_', '-'),
                    { Name: "ADAPTCLUSTER_HTTP__OIDC__CLIENTSECRET", ValueFrom.SecretKeyRef: not null } => "the-secret-of-a-client",
                    { Name: "ADAPTCLUSTER_STORE__CONNECTIONSTRING", ValueFrom.SecretKeyRef: not null } =>
                        "Host=db.example;Database=adaptcluster;Username=adapt;Password=secret",
                    { Name: "ADAPTCLUSTER_HTTP__TOKEN", ValueFrom.SecretKeyRef: not null } => Token,
                    { Value: { } value } => value,
                    _ => throw new InvalidOperationException($"{variable.Name} has a source that this test does not know."),
                });
                if (variable.Name.StartsWith("ADAPTCLUSTER_", StringComparison.Ordinal)) Names.Add(variable.Name);
            }
        }

        /// <summary>The program's variables.</summary>
        public List<string> Names { get; } = [];

        public void Dispose()
        {
            foreach (var (name, value) in _before) Environment.SetEnvironmentVariable(name, value);
        }

        private static bool IsOwn(string name) => name.StartsWith("ADAPTCLUSTER_", StringComparison.Ordinal)
            || name.StartsWith("POD_", StringComparison.Ordinal);

        private void Set(string name, string? value)
        {
            _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
