using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Kubernetes;

/// <summary>The pod that a silo runs in, and how the silo reaches Kubernetes' API server to annotate that pod.</summary>
/// <param name="Server">The API server.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Account">The folder with the service account's token and the server's root, as Kubernetes mounts it.</param>
[Setting(CostKey, "`false`",
    "a silo of the role `gpu` writes on its own pod what it costs to delete it (`controller.kubernetes.io/pod-deletion-cost`), so that "
    + "scaling in takes idle silos first; needs a service account that may patch pods "
    + "([operations.md](operations.md#scaling-and-spot-nodes))")]
public sealed record PodSettings(Uri Server, string Namespace, string Name, string Account)
{
    private const string CostKey = "Kubernetes:PodDeletionCost", AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Reads the settings; null if the feature is off.</summary>
    /// <exception cref="InvalidInputException">
    /// The feature is on, but the process is not in a pod that knows its name and the API server.
    /// </exception>
    internal static PodSettings? From(SettingsReader reader)
    {
        if (reader.Flag(CostKey) is not true) return null;
        string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
            : throw new InvalidInputException(
                $"{SettingsReader.Name(CostKey)}: {name} is not set, so this is no pod that can write on itself; set it by the downward "
                + "API, or leave this off.");
        return new PodSettings(
            new UriBuilder("https", Variable("KUBERNETES_SERVICE_HOST"),
                int.TryParse(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"), out var port) ? port : 443).Uri,
            Variable("POD_NAMESPACE"), Variable("POD_NAME"), AccountFolder);
    }
}
